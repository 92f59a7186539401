// SPDX-License-Identifier: MIT
// coterie: the window.
#include "gui/app.h"

wxIMPLEMENT_APP(coterie::gui::App);
