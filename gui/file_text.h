// SPDX-License-Identifier: MIT
// What is said about a file, in the conversation and in the list of transfers.
#pragma once

#include "gui/model/transfers_model.h"

#include <wx/string.h>

namespace coterie::gui {

// "Running", "Waiting for the other side", …
wxString phase_name(event::TransferPhase phase, bool outgoing, bool is_classic);
// "12.3 MB · 45 %", "12.3 MB · saved", "waits for your answer — this type of file can run programs" …
wxString describe_file(const FileSummary& file);
wxString state_name(event::DeliveryState state);

}   // namespace coterie::gui
