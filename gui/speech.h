// SPDX-License-Identifier: MIT
// The language that is spoken, and the file of settings that says which: for the window, and for what is said without one.
#pragma once

#include <wx/fileconf.h>
#include <wx/language.h>
#include <wx/string.h>

#include <memory>

namespace coterie::gui {

// In the user's configuration folder, which need not be there yet.
wxString settings_folder();
std::unique_ptr<wxFileConfig> open_settings();

// From now on texts are in that language, by its code, or in the system's where it is empty. What is spoken then may be English, for
// want of a catalogue; the direction in which it is read comes back.
wxLayoutDirection speak(const wxString& language);

}   // namespace coterie::gui
