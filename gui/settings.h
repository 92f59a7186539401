// SPDX-License-Identifier: MIT
// How the window likes to be: kept in the user's configuration folder, read once, written when changed. Nothing secret.
#pragma once

#include <wx/config.h>
#include <wx/fileconf.h>
#include <wx/filename.h>
#include <wx/stdpaths.h>

#include <memory>

namespace coterie::gui {

struct Settings {
  bool enter_sends = true;
  bool sends_typing = true;
  bool notifies = true;
  bool hides_content = false;   // notifications name the sender only
  bool sounds = false;
  bool shows_tray = true;   // where there is one
  bool closes_to_tray = false;
  bool starts_minimised = false;
  bool shows_members = true;
  bool shows_transfers = true;
  bool shows_pictures = true;
  int zoom = 100;      // percent, of the conversation's text
  wxString language;   // empty: the system's
  wxString folder;     // for received files; empty: ~/client_received

  // One list for both directions.
  template <class Visit>
  void each(Visit visit) {
    visit("enter_sends", enter_sends);
    visit("sends_typing", sends_typing);
    visit("notifies", notifies);
    visit("hides_content", hides_content);
    visit("sounds", sounds);
    visit("shows_tray", shows_tray);
    visit("closes_to_tray", closes_to_tray);
    visit("starts_minimised", starts_minimised);
    visit("shows_members", shows_members);
    visit("shows_transfers", shows_transfers);
    visit("shows_pictures", shows_pictures);
    visit("zoom", zoom);
    visit("language", language);
    visit("folder", folder);
  }

  void load(wxConfigBase& config) {
    each([&](const char* name, auto& value) { config.Read(name, &value, value); });
  }
  void save(wxConfigBase& config) {
    each([&](const char* name, auto& value) { config.Write(name, value); });
    config.Flush();
  }
};

}   // namespace coterie::gui
