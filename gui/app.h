// SPDX-License-Identifier: MIT
// The program: one instance for each user, its settings, its language, its window.
#pragma once

#include "gui/model/log_book.h"
#include "gui/settings.h"
#include "netcore/base/log.h"

#include <wx/app.h>
#include <wx/intl.h>
#include <wx/ipc.h>
#include <wx/snglinst.h>

#include <filesystem>
#include <memory>
#include <vector>

namespace coterie::gui {

class MainFrame;

constexpr const char* application_id = "org.coterie.Coterie";

class App : public wxApp {
 public:
  bool OnInit() override;
  int OnRun() override;
  int OnExit() override;
  void OnInitCmdLine(wxCmdLineParser& parser) override;
  bool OnCmdLineParsed(wxCmdLineParser& parser) override;
  bool OnExceptionInMainLoop() override;
  // That of the language spoken, whether this system has a locale for it or not: every window is laid out by it.
  wxLayoutDirection GetLayoutDirection() const override { return direction_; }

  // Sees every window before it is shown.
  int FilterEvent(wxEvent& event) override;

  // From another launch: the window comes to the front and takes what was handed over, an invite link or paths, one a line.
  void TakeOver(const wxString& words);

  // $XDG_DATA_HOME/coterie (or its default): profiles and the list of groups.
  static std::filesystem::path DataFolder();

 private:
  bool IsSecond();
  void ChooseLanguage();

  LogBook log_book_;   // outlives the window that shows it
  std::unique_ptr<wxFileConfig> config_;
  Settings settings_;
  std::unique_ptr<wxSingleInstanceChecker> checker_;
  std::unique_ptr<wxServer> server_;
  wxLocale locale_;
  wxLayoutDirection direction_ = wxLayout_LeftToRight;
  wxString handed_over_;
  bool starts_minimised_ = false;
  log::Level log_level_ = log::Level::warning;
  bool is_second_ = false;   // everything was handed to the window that runs
  MainFrame* frame_ = nullptr;
};

}   // namespace coterie::gui
