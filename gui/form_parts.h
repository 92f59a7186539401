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

// For a field that held a password.
void overwrite(wxTextCtrl* field);

}   // namespace coterie::gui
