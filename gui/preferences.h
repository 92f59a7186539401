// SPDX-License-Identifier: MIT
// The preferences: what is ticked takes effect at once.
#pragma once

#include "gui/settings.h"

#include <wx/preferences.h>

#include <functional>
#include <memory>

namespace coterie::gui {

// `changed` runs after every change.
std::unique_ptr<wxPreferencesEditor> make_preferences(Settings& settings, std::function<void()> changed);

}   // namespace coterie::gui
