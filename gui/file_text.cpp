// SPDX-License-Identifier: MIT
#include "gui/file_text.h"

#include "gui/model/format.h"
#include "gui/text.h"

namespace coterie::gui {

using event::TransferPhase;

wxString phase_name(TransferPhase phase, bool outgoing, bool is_classic) {
  switch (phase) {
    case TransferPhase::offered: return outgoing ? _("Waiting for an answer") : _("Waiting for your answer");
    case TransferPhase::waiting: return _("Waiting for the other side");
    case TransferPhase::paused: return _("Paused");
    case TransferPhase::running: return outgoing ? _("Sending") : _("Receiving");
    case TransferPhase::verifying: return _("Checking");
    case TransferPhase::finished:
      if (is_classic)
        return outgoing ? _("Given to the server: nothing confirms that it arrived") : _("Saved, not verified");
      return outgoing ? _("Delivered and verified") : _("Saved and verified");
    case TransferPhase::declined: return _("Declined");
    case TransferPhase::cancelled: return _("Cancelled");
    case TransferPhase::failed: return _("Failed");
  }
  return {};
}

wxString describe_file(const FileSummary& file) {
  const auto dot = wxString::FromUTF8(" · ");
  wxString text;
  if (file.size > 0) text = size_text(file.size);
  const auto add = [&](const wxString& part) { text += (text.empty() ? wxString() : dot) + part; };
  if (file.error && (file.phase == TransferPhase::failed || file.phase == TransferPhase::waiting)) {
    add(explain_wx(*file.error));
    return text;
  }
  if (file.receivers > 1) {
    add(figures(
        wxString::Format(wxPLURAL("%zu of %zu member has it", "%zu of %zu members have it", plural(file.receivers)),
                         file.finished, file.receivers)));
    if (file.phase == TransferPhase::finished) return text;
  }
  // Of a file sent long ago nothing more is known.
  if (file.size == 0 && file.path.empty() && file.phase == TransferPhase::finished) return _("File");
  if (file.phase == TransferPhase::running && file.size > 0)
    add(percent_text(
        std::min(99, static_cast<int>(100.0 * static_cast<double>(file.done) / static_cast<double>(file.size)))));
  add(phase_name(file.phase, file.outgoing, file.is_classic));
  if (file.rate) add(rate_text(*file.rate));
  if (file.left) add(wxString::Format(_("%s left"), duration_text(*file.left)));
  if (file.phase == TransferPhase::offered && file.offer) {
    if (file.offer->is_executable_type) add(_("Caution: a file of this type can run a program on your computer"));
    if (file.offer->offered_name != file.offer->name)
      add(wxString::Format(_("offered as %s"), isolated(file.offer->offered_name)));
  }
  return text;
}

wxString state_name(event::DeliveryState state) {
  switch (state) {
    case event::DeliveryState::waiting: return _("waiting");
    case event::DeliveryState::at_relay: return _("at the relay");
    case event::DeliveryState::delivered: return _("delivered");
    case event::DeliveryState::read: return _("read");
    case event::DeliveryState::failed: return _("failed");
  }
  return {};
}

}   // namespace coterie::gui
