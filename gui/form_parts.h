// SPDX-License-Identifier: MIT
// What pages and dialogs with fields are put together from.
#pragma once

#include <wx/button.h>
#include <wx/scrolwin.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

namespace coterie::gui {

constexpr int form_width = 440;   // DIP

// A page that scrolls where the window is small and stands in the middle where it is large; `column` is what to fill.
wxScrolledWindow* make_page(wxWindow* parent, wxBoxSizer*& column);

// Before its field: what a screen reader announces, and the key that leads there.
wxStaticText* add_label(wxWindow* parent, wxBoxSizer* column, const wxString& text);

// Below its field, hidden until there is something wrong.
wxStaticText* add_trouble(wxWindow* parent, wxBoxSizer* column);
void show_trouble(wxStaticText& text, const wxString& sentence);
// There too, where nothing has to be mended.
void show_note(wxStaticText& text, const wxString& sentence);

// A sign to press, with its words for the mouse and for screen readers.
wxButton* small_button(wxWindow* parent, const wxString& sign, const wxString& name);

// A button called `label` says that it has copied something, until it is told otherwise. What has the keyboard is read again when it is
// called something else, so that this is heard as well as seen.
void show_copied(wxButton& button, const wxString& label, bool is_copied);

// For a field that held a password.
void overwrite(wxTextCtrl* field);

}   // namespace coterie::gui
