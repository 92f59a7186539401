// SPDX-License-Identifier: MIT
#include "gui/app.h"

#include "gui/loop_watch.h"
#include "gui/main_frame.h"
#include "gui/speech.h"
#include "gui/terminal.h"
#include "gui/text.h"
#include "netcore/base/log.h"
#include "netcore/client.h"

#include <wx/cmdline.h>
#include <wx/log.h>
#include <wx/msgdlg.h>
#include <wx/socket.h>
#include <wx/stattext.h>

#include <array>
#include <clocale>
#include <csignal>
#include <cstdlib>

#ifndef _WIN32
#include <langinfo.h>
#endif
#ifdef __WXGTK__
#include <glib-unix.h>
#include <gtk/gtk.h>
#endif

namespace coterie::gui {
namespace {

// What wxWidgets itself writes on buttons, to be in our catalogues: its own are a package that need not be there.
[[maybe_unused]] constexpr std::array stock_texts{wxTRANSLATE("&OK"),  wxTRANSLATE("&Cancel"), wxTRANSLATE("&Close"),
                                                  wxTRANSLATE("&Yes"), wxTRANSLATE("&No"),     wxTRANSLATE("&Help")};

const wxString topic = "coterie";

class Handover : public wxConnection {
 public:
  // A request and not an order: the other side may end only when this has been heard.
  const void* OnRequest(const wxString&, const wxString& words, std::size_t* size, wxIPCFormat) override {
    wxGetApp().CallAfter([words] { wxGetApp().TakeOver(words); });
    *size = sizeof "ok";
    return "ok";
  }

 private:
  static App& wxGetApp() { return *static_cast<App*>(wxApp::GetInstance()); }
};

class HandoverServer : public wxServer {
 public:
  wxConnectionBase* OnAcceptConnection(const wxString& asked) override {
    return asked == topic ? new Handover : nullptr;
  }
};

class HandoverClient : public wxClient {
 public:
  wxConnectionBase* OnMakeConnection() override { return new Handover; }
};

constexpr std::array<std::pair<const char*, log::Level>, 5> levels{{{"debug", log::Level::debug},
                                                                    {"info", log::Level::info},
                                                                    {"warning", log::Level::warning},
                                                                    {"error", log::Level::error},
                                                                    {"off", log::Level::off}}};

wxString socket_path() { return path_to_wx(App::DataFolder() / "instance"); }

}   // namespace

std::filesystem::path App::DataFolder() { return default_profile_folder("x").parent_path().parent_path(); }

void App::OnInitCmdLine(wxCmdLineParser& parser) {
  wxApp::OnInitCmdLine(parser);
  describe_command_line(parser);
}

bool App::OnCmdLineParsed(wxCmdLineParser& parser) {
  starts_minimised_ = parser.Found("minimised");
  if (wxString level; parser.Found("log-level", &level)) {
    const auto known = std::find_if(levels.begin(), levels.end(), [&](const auto& one) { return level == one.first; });
    if (known == levels.end()) {
      wxFprintf(stderr, _("%s is no level of the log; use debug, info, warning, error or off.") + "\n", level);
      return false;
    }
    log_level_ = known->second;
  }
  for (std::size_t i = 0; i < parser.GetParamCount(); ++i) {
    auto word = parser.GetParam(i);
    if (!word.StartsWith("coterie://")) {
      // The first instance may live in another folder.
      wxFileName name(word);
      name.MakeAbsolute();
      word = name.GetFullPath();
    }
    handed_over_ += word + "\n";
  }
  return wxApp::OnCmdLineParsed(parser);
}

bool App::OnInit() {
  SetAppName("coterie");
  SetVendorName("coterie");
  SetAppDisplayName("Coterie");
  SetClassName(application_id);
#ifdef __WXGTK__
  // The desktop finds the icon and groups notifications by this name.
  g_set_prgname(application_id);
  gdk_set_program_class(application_id);
#endif
  config_ = open_settings();
  settings_.load(*config_);
  ChooseLanguage();
  if (!wxApp::OnInit()) return false;
#ifdef __WXGTK__
  // Scrollbars that fade have the whole window painted for a second each time one of them goes.
  g_object_set(gtk_settings_get_default(), "gtk-overlay-scrolling", FALSE, nullptr);
#endif
#ifndef _WIN32
  std::signal(SIGPIPE, SIG_IGN);
#endif
  log::set_level(log_level_);
  log::listen(log::Level::info, [this](std::string line) { log_book_.add(std::move(line)); });
  // Not before the command line has been looked at: whoever asks for the version or for help is left no folders.
  wxFileName::Mkdir(settings_folder(), 0700, wxPATH_MKDIR_FULL);
  wxFileName::Mkdir(path_to_wx(DataFolder()), 0700, wxPATH_MKDIR_FULL);
  is_second_ = IsSecond();
  if (is_second_) return true;
  wxInitAllImageHandlers();
  // What menus allow is asked when they open, and otherwise this often (ms) instead of with every event.
  wxUpdateUIEvent::SetUpdateInterval(200);

  watch_loop();
  frame_ = new MainFrame(settings_, *config_, log_book_);
  SetTopWindow(frame_);
#ifdef __WXGTK__
  // Asked to end by the system: as if the window had been closed, with everything written.
  for (const int signal : {SIGTERM, SIGINT, SIGHUP})
    g_unix_signal_add(
        signal,
        [](gpointer frame) -> gboolean {
          static_cast<MainFrame*>(frame)->Close(true);
          return G_SOURCE_REMOVE;
        },
        frame_);
#endif
  frame_->Start(starts_minimised_ || settings_.starts_minimised);
  if (!handed_over_.empty()) frame_->TakeOver(handed_over_);
  return true;
}

int App::OnRun() { return is_second_ ? 0 : wxApp::OnRun(); }

int App::OnExit() {
  log::listen(log::Level::off, {});
  server_.reset();
  config_.reset();
  return wxApp::OnExit();
}

// A fault in one handler is told, and the program goes on: nothing that was received depends on the window.
bool App::OnExceptionInMainLoop() {
  try {
    throw;
  } catch (const std::exception& error) {
    log::error("window", {{"what", error.what()}});
    if (frame_ != nullptr) frame_->TellTrouble(to_wx(std::string_view(error.what())));
  }
  return true;
}

#ifdef __WXGTK__
namespace {

// wxStaticText turns its alignment round for a language from the right, and so does GTK below it: together they would end up where
// they began.
void align_labels(const wxWindow& window) {
  for (const auto* child : window.GetChildren()) {
    const bool is_plain = (child->GetWindowStyle() & (wxALIGN_RIGHT | wxALIGN_CENTRE_HORIZONTAL)) == 0;
    if (dynamic_cast<const wxStaticText*>(child) != nullptr && is_plain && GTK_IS_LABEL(child->GetHandle())) {
      gtk_label_set_xalign(GTK_LABEL(child->GetHandle()), 0);
      gtk_label_set_justify(GTK_LABEL(child->GetHandle()), GTK_JUSTIFY_LEFT);
    }
    align_labels(*child);
  }
}

}   // namespace
#endif

int App::FilterEvent(wxEvent& event) {
#ifdef __WXGTK__
  if (direction_ == wxLayout_RightToLeft && event.GetEventType() == wxEVT_SHOW)
    if (const auto* window = dynamic_cast<const wxWindow*>(event.GetEventObject())) align_labels(*window);
#endif
  return wxApp::FilterEvent(event);
}

void App::ChooseLanguage() {
  const auto* wanted = settings_.language.empty() ? nullptr : wxLocale::FindLanguageInfo(settings_.language);
  {
    // A language without a locale on this system is no reason to complain; its texts work all the same.
    const wxLogNull silent;
    locale_.Init(wanted != nullptr ? wanted->Language : wxLANGUAGE_DEFAULT, wxLOCALE_DONT_LOAD_DEFAULT);
  }
  // Texts in the source are UTF-8, and so is everything the engine says.
  // A system without the wanted locale is left in one that knows ASCII only.
#ifndef _WIN32
  if (std::string_view(nl_langinfo(CODESET)) != "UTF-8") std::setlocale(LC_CTYPE, "C.UTF-8");
#endif
  // Figures in files and on the wire never depend on the language.
  std::setlocale(LC_NUMERIC, "C");
#ifdef __WXGTK__
  // GTK's own dialogs, for choosing files, speak the language that was chosen here where they can.
  if (wanted != nullptr) {
    wxSetEnv("LANGUAGE", wanted->CanonicalName.BeforeFirst('_'));
    // In the locale "C" it would not be looked at.
    if (std::string_view(std::setlocale(LC_MESSAGES, nullptr)) == "C") std::setlocale(LC_MESSAGES, "C.UTF-8");
  }
#endif
  direction_ = speak(settings_.language);
#ifdef __WXGTK__
  // Also from left to right: GTK goes by the system's language, which need not be the one spoken here.
  gtk_widget_set_default_direction(direction_ == wxLayout_RightToLeft ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
#endif
}

bool App::IsSecond() {
  checker_ = std::make_unique<wxSingleInstanceChecker>();
  checker_->Create("instance.lock", path_to_wx(DataFolder()));
  wxSocketBase::Initialize();
  // One that was just killed may still be going, and one that is just starting does not answer yet.
  for (int patience = 30; checker_->IsAnotherRunning(); --patience) {
    HandoverClient client;
    const std::unique_ptr<wxConnectionBase> first(client.MakeConnection(wxString(), socket_path(), topic));
    if (first && first->Request(handed_over_ + "\n", nullptr, wxIPC_PRIVATE) != nullptr) return true;
    if (patience > 0) {
      wxMilliSleep(100);
      checker_ = std::make_unique<wxSingleInstanceChecker>();
      checker_->Create("instance.lock", path_to_wx(DataFolder()));
      continue;
    }
    wxMessageBox(_("Coterie is running already, but does not answer. Close it first, or wait a moment."), "Coterie",
                 wxICON_INFORMATION);
    return true;
  }
  auto server = std::make_unique<HandoverServer>();
  if (server->Create(socket_path())) server_ = std::move(server);
  return false;
}

void App::TakeOver(const wxString& words) {
  if (frame_ == nullptr) return;
  frame_->ComeForward();
  frame_->TakeOver(words);
}

}   // namespace coterie::gui
