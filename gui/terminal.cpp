// SPDX-License-Identifier: MIT
#include "gui/terminal.h"

#include "gui/settings.h"
#include "gui/speech.h"
#include "gui/text.h"

#include <wx/app.h>
#include <wx/apptrait.h>
#include <wx/cmdline.h>
#include <wx/init.h>

#include <cstdio>
#include <string_view>

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif

namespace coterie::gui {
namespace {

void say(std::FILE* to, const wxString& text) { std::fputs(to_utf8(text).c_str(), to); }

// wxWidgets without a screen, in the language of the settings, for as long as it lives.
class Terminal {
 public:
  Terminal(int& argc, char** argv) {
    // A program without windows: wxWidgets would look for a screen otherwise.
    wxApp::SetInstance(new wxAppConsole);
    works_ = wxEntryStart(argc, argv);
    if (!works_) return;
    Settings settings;
    settings.load(*open_settings());
    speak(settings.language);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (works_) wxEntryCleanup();
  }

 private:
  bool works_ = false;
};

enum class Question { none, help, version };

Question question_in(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--") break;
    if (word == "--help") return Question::help;
    if (word == "--version") return Question::version;
    if (!word.starts_with('-') || word.starts_with("--")) continue;
    for (const char letter : word.substr(1)) {
      if (letter == 'h') return Question::help;
      if (letter == 'V') return Question::version;
      if (letter == 'l') break;   // what follows is its value
    }
  }
  return Question::none;
}

bool has_screen([[maybe_unused]] int& argc, [[maybe_unused]] char**& argv) {
#ifdef __WXGTK__
  // Not with GTK itself: wxWidgets has something to say to it before it starts.
  return gdk_init_check(&argc, &argv) != FALSE;
#else
  return true;
#endif
}

}   // namespace

void describe_command_line(wxCmdLineParser& parser) {
  parser.SetLogo("Coterie " COTERIE_VERSION);
  parser.AddSwitch("m", "minimised", _("start without showing the window in front"));
  parser.AddSwitch("V", "version", _("say which version this is"));
  parser.AddOption("l", "log-level", _("how much is told on standard error: debug, info, warning, error or off"));
  parser.AddParam(_("an invite link, or files to send"), wxCMD_LINE_VAL_STRING,
                  wxCMD_LINE_PARAM_OPTIONAL | wxCMD_LINE_PARAM_MULTIPLE);
}

std::optional<int> answer_on_terminal(int& argc, char**& argv) {
  switch (question_in(argc, argv)) {
    case Question::help: {
      const Terminal terminal(argc, argv);
      wxCmdLineParser parser(argc, argv);
      parser.AddSwitch("h", "help", _("show this help"), wxCMD_LINE_OPTION_HELP);
      describe_command_line(parser);
      say(stdout, parser.GetUsageString());
      return 0;
    }
    case Question::version: say(stdout, "coterie " COTERIE_VERSION "\n"); return 0;
    case Question::none: break;
  }
  if (has_screen(argc, argv)) return std::nullopt;
  const Terminal terminal(argc, argv);
  say(stderr,
      "coterie: " + _("There is no screen to open a window on: start it from a desktop, or use coterie-cli here.") +
          "\n");
  return 1;
}

}   // namespace coterie::gui
