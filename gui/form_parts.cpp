// SPDX-License-Identifier: MIT
#include "gui/form_parts.h"

#include "gui/message_accessible.h"
#include "gui/theme.h"

namespace coterie::gui {

wxScrolledWindow* make_page(wxWindow* parent, wxBoxSizer*& column) {
  auto* page = new wxScrolledWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxVSCROLL | wxTAB_TRAVERSAL);
  page->SetScrollRate(0, page->FromDIP(10));
  column = new wxBoxSizer(wxVERTICAL);
  column->SetMinSize(page->FromDIP(form_width), -1);
  auto* middle = new wxBoxSizer(wxVERTICAL);
  middle->AddStretchSpacer(1);
  middle->Add(column, wxSizerFlags().CentreHorizontal().Border(wxALL, page->FromDIP(20)));
  middle->AddStretchSpacer(2);
  page->SetSizer(middle);
  return page;
}

wxStaticText* add_label(wxWindow* parent, wxBoxSizer* column, const wxString& text) {
  auto* label = new wxStaticText(parent, wxID_ANY, text);
  column->Add(label, wxSizerFlags().Border(wxTOP, parent->FromDIP(9)));
  return label;
}

wxStaticText* add_trouble(wxWindow* parent, wxBoxSizer* column) {
  auto* text = new wxStaticText(parent, wxID_ANY, wxString());
  set_ink(*text, &Theme::bad);
  text->Hide();
  column->Add(text, wxSizerFlags().Expand().Border(wxTOP, parent->FromDIP(2)));
  return text;
}

void show_trouble(wxStaticText& text, const wxString& sentence) {
  set_ink(text, &Theme::bad);
  text.SetLabelText(sentence);
  text.Wrap(text.FromDIP(form_width));
  text.Show();
}

void show_note(wxStaticText& text, const wxString& sentence) {
  show_trouble(text, sentence);
  set_ink(text, &Theme::faint);
}

wxButton* small_button(wxWindow* parent, const wxString& sign, const wxString& name) {
  auto* button = new wxButton(parent, wxID_ANY, sign, wxDefaultPosition, wxDefaultSize, wxBU_EXACTFIT);
  button->SetToolTip(name);
  name_for_screen_readers(*button, name);
  return button;
}

void show_copied(wxButton& button, const wxString& label, bool is_copied) {
  const auto shown = is_copied ? wxString::FromUTF8("✓ ") + _("Copied") : label;
  if (button.GetLabel() == shown) return;
  // As wide as it was, so that nothing beside it moves.
  button.SetMinSize(button.GetSize());
  button.SetLabel(shown);
}

void overwrite(wxTextCtrl* field) {
  field->ChangeValue(wxString('x', field->GetValue().length()));
  field->ChangeValue(wxString());
}

}   // namespace coterie::gui
