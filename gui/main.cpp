// SPDX-License-Identifier: MIT
// coterie: the window.
#include "gui/app.h"
#include "gui/terminal.h"

wxIMPLEMENT_APP_NO_MAIN(coterie::gui::App);

int main(int argc, char** argv) {
  if (const auto answered = coterie::gui::answer_on_terminal(argc, argv)) return *answered;
  return wxEntry(argc, argv);
}
