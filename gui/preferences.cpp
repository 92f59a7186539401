// SPDX-License-Identifier: MIT
#include "gui/preferences.h"

#include "gui/text.h"
#include "netcore/client.h"

#include <wx/artprov.h>
#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/dirdlg.h>
#include <wx/panel.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/taskbar.h>
#include <wx/textctrl.h>

namespace coterie::gui {
namespace {

class Page : public wxPreferencesPage {
 public:
  Page(wxString name, wxString art, std::function<void(wxPanel*, wxSizer*)> fill)
      : name_(std::move(name)), art_(std::move(art)), fill_(std::move(fill)) {}

  wxString GetName() const override { return name_; }
  wxBitmapBundle GetIcon() const override { return wxArtProvider::GetBitmapBundle(art_, wxART_TOOLBAR); }
  wxWindow* CreateWindow(wxWindow* parent) override {
    auto* panel = new wxPanel(parent);
    auto* column = new wxBoxSizer(wxVERTICAL);
    fill_(panel, column);
    auto* outer = new wxBoxSizer(wxVERTICAL);
    outer->Add(column, wxSizerFlags(1).Expand().Border(wxALL, panel->FromDIP(16)));
    panel->SetSizer(outer);
    panel->SetMinSize(panel->FromDIP(wxSize(440, -1)));
    return panel;
  }

 private:
  wxString name_;
  wxString art_;
  std::function<void(wxPanel*, wxSizer*)> fill_;
};

wxCheckBox* add_tick(wxPanel* panel, wxSizer* column, const wxString& label, bool& value,
                     const std::function<void()>& changed) {
  auto* tick = new wxCheckBox(panel, wxID_ANY, label);
  tick->SetValue(value);
  tick->Bind(wxEVT_CHECKBOX, [&value, changed](wxCommandEvent& event) {
    value = event.IsChecked();
    changed();
  });
  column->Add(tick, wxSizerFlags().Border(wxBOTTOM, panel->FromDIP(8)));
  return tick;
}

}   // namespace

std::unique_ptr<wxPreferencesEditor> make_preferences(Settings& settings, std::function<void()> changed) {
  auto editor = std::make_unique<wxPreferencesEditor>(_("Preferences"));
  editor->AddPage(new Page(_("General"), wxART_EXECUTABLE_FILE, [&settings, changed](wxPanel* panel, wxSizer* column) {
    add_tick(panel, column, _("&Enter sends, Shift+Enter begins a line"), settings.enter_sends, changed);
    add_tick(panel, column, _("Show &pictures of received image files"), settings.shows_pictures, changed);
    add_tick(panel, column, _("Start &minimised"), settings.starts_minimised, changed);
    if (wxTaskBarIcon::IsAvailable()) {
      auto* shows = add_tick(panel, column, _("Show an icon in the &tray"), settings.shows_tray, changed);
      auto* closes = add_tick(panel, column, _("&Closing the window leaves Coterie in the tray"),
                              settings.closes_to_tray, changed);
      closes->Enable(settings.shows_tray);
      shows->Bind(wxEVT_CHECKBOX, [closes](wxCommandEvent& event) {
        closes->Enable(event.IsChecked());
        event.Skip();
      });
    }
    column->Add(new wxStaticText(panel, wxID_ANY, _("&Language (from the next start)")),
                wxSizerFlags().Border(wxTOP, panel->FromDIP(6)));
    static const std::vector<wxString> codes{"", "en", "fa"};
    auto* choice = new wxChoice(panel, wxID_ANY);
    // Each language by its own name, whatever is spoken now.
    for (const auto& name : {_("As the system"), wxString("English"), wxString::FromUTF8("فارسی")})
      choice->Append(name);
    for (std::size_t i = 0; i < codes.size(); ++i)
      if (codes[i] == settings.language) choice->SetSelection(static_cast<int>(i));
    choice->Bind(wxEVT_CHOICE, [&settings, changed](wxCommandEvent& event) {
      settings.language = codes.at(static_cast<std::size_t>(event.GetSelection()));
      changed();
    });
    column->Add(choice, wxSizerFlags().Expand());
  }));
  editor->AddPage(
      new Page(_("Notifications"), wxART_INFORMATION, [&settings, changed](wxPanel* panel, wxSizer* column) {
        add_tick(panel, column, _("Show &notifications"), settings.notifies, changed);
        add_tick(panel, column, _("&Hide what was written: show only from whom"), settings.hides_content, changed);
        add_tick(panel, column, _("Play a &sound"), settings.sounds, changed);
      }));
  editor->AddPage(new Page(_("Privacy and Files"), wxART_FOLDER, [&settings, changed](wxPanel* panel, wxSizer* column) {
    add_tick(panel, column, _("Tell others when I am &writing"), settings.sends_typing, changed);
    column->Add(new wxStaticText(panel, wxID_ANY, _("&Folder for received files")),
                wxSizerFlags().Border(wxTOP, panel->FromDIP(6)));
    // Its name can be read also where it is made only when the first file comes.
    auto* row = new wxBoxSizer(wxHORIZONTAL);
    auto* folder = new wxTextCtrl(panel, wxID_ANY,
                                  settings.folder.empty() ? path_to_wx(default_receive_folder()) : settings.folder,
                                  wxDefaultPosition, wxDefaultSize, wxTE_READONLY);
    folder->SetName(_("Folder for received files"));
    row->Add(folder, wxSizerFlags(1).CentreVertical());
    auto* choose = new wxButton(panel, wxID_ANY, _("C&hoose…"));
    row->Add(choose, wxSizerFlags().CentreVertical().Border(wxLEFT, panel->FromDIP(8)));
    choose->Bind(wxEVT_BUTTON, [panel, folder, &settings, changed](wxCommandEvent&) {
      // Later: a dialog must not keep whoever has pressed this for a screen reader waiting.
      panel->CallAfter([panel, folder, &settings, changed] {
        wxDirDialog dialog(panel, _("Folder for Received Files"), folder->GetValue());
        if (dialog.ShowModal() != wxID_OK) return;
        settings.folder = dialog.GetPath();
        folder->ChangeValue(settings.folder);
        changed();
      });
    });
    column->Add(row, wxSizerFlags().Expand());
  }));
  return editor;
}

}   // namespace coterie::gui
