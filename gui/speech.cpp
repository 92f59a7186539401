// SPDX-License-Identifier: MIT
#include "gui/speech.h"

#include <wx/filename.h>
#include <wx/intl.h>
#include <wx/stdpaths.h>
#include <wx/translation.h>

namespace coterie::gui {

wxString settings_folder() {
  wxStandardPaths::Get().SetFileLayout(wxStandardPaths::FileLayout_XDG);
  return wxStandardPaths::Get().GetUserConfigDir() + "/coterie";
}

std::unique_ptr<wxFileConfig> open_settings() {
  return std::make_unique<wxFileConfig>("coterie", wxString(), settings_folder() + "/coterie.conf");
}

wxLayoutDirection speak(const wxString& language) {
  auto* translations = new wxTranslations;
  wxTranslations::Set(translations);
  if (const auto* wanted = language.empty() ? nullptr : wxLocale::FindLanguageInfo(language); wanted != nullptr)
    translations->SetLanguage(wanted->CanonicalName);
  const auto program = wxFileName(wxStandardPaths::Get().GetExecutablePath()).GetPath();
  wxFileTranslationsLoader::AddCatalogLookupPathPrefix(program + "/locale");
  wxFileTranslationsLoader::AddCatalogLookupPathPrefix(program + "/../share/locale");
  translations->AddStdCatalog();
  translations->AddCatalog("coterie");
  const auto* spoken = wxLocale::FindLanguageInfo(translations->GetBestTranslation("coterie"));
  // Where the catalogue is not there the texts are English, whatever was wanted.
  return spoken != nullptr && translations->IsLoaded("coterie") ? spoken->LayoutDirection : wxLayout_LeftToRight;
}

}   // namespace coterie::gui
