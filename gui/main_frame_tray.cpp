// SPDX-License-Identifier: MIT
// The window comes and goes: to the front, small, into the tray and out of it.
#include "gui/main_frame.h"

#include "gui/open_dialogs.h"

namespace coterie::gui {
namespace {

// A click on some trays takes the keyboard from the window before it is told.
constexpr std::chrono::milliseconds just_now{500};
// A session starts its programs side by side: the tray may come after the window.
constexpr std::chrono::minutes tray_patience{1};

}   // namespace

// As it is wanted, where there is one.
void MainFrame::UpdateTray() {
  // Where the tray itself has gone for a moment the icon waits for it.
  const bool is_wanted = settings_.shows_tray && (tray_ || wxTaskBarIcon::IsAvailable());
  if (is_wanted == (tray_ != nullptr)) return;
  if (!is_wanted) {
    tray_->RemoveIcon();
    tray_.reset();
    // Without it a window that is not on the screen could not be brought back.
    if (!IsShown()) ComeForward();
    return;
  }
  tray_ = std::make_unique<Tray>(
      Tray::Actions{[this] { ToggleFromTray(); }, [this] { return IsInFront(); }, [this] { Quit(); }});
  UpdateTitle();
}

void MainFrame::AwaitTray() {
  if (!tray_ && settings_.shows_tray && Rate::Clock::now() - started_ < tray_patience) UpdateTray();
}

bool MainFrame::HasTray() const { return tray_ && wxTaskBarIcon::IsAvailable(); }

bool MainFrame::IsInFront() {
  return IsShown() && !IsIconized() && (IsActive() || Rate::Clock::now() - last_active_ < just_now);
}

void MainFrame::ToggleFromTray() {
  // A question that stands on the window would be left without it.
  if (IsInFront() && !has_open_dialogs())
    GoToTray();
  else
    ComeForward();
}

void MainFrame::GoToTray() {
  KeepPlace();
  place_ = GetPosition();
  Hide();
}

// A window that comes to the screen, also one that was on it before, is put where the desktop likes, and not where it was.
void MainFrame::ComeForward() {
  const bool was_away = !IsShown();
  if (IsIconized()) Iconize(false);
  wxFrame::Show();
  if (was_away && !IsMaximized()) Move(place_);
  Raise();
}

// A minimised window says that it has no room at all: what is laid out in it is laid out when it comes back.
bool MainFrame::Layout() { return !IsIconized() && wxFrame::Layout(); }

void MainFrame::StartMinimised() {
  place_ = GetPosition();
  if (settings_.closes_to_tray && HasTray()) return;
  // A window that has never been on the screen has no place there yet: it would come up in a corner, and stay there.
  Bind(wxEVT_ICONIZE, [this, has_come = false](wxIconizeEvent& event) mutable {
    if (!event.IsIconized() && !std::exchange(has_come, true))
      CallAfter([this] {
        if (!IsMaximized()) Move(place_);
      });
    event.Skip();
  });
  Layout();   // as long as it has room
  Iconize();
  wxFrame::Show();
}

}   // namespace coterie::gui
