// SPDX-License-Identifier: MIT
#include "gui/text.h"

#include "gui/model/error_detail.h"
#include "gui/model/format.h"
#include "gui/model/input_trouble.h"
#include "gui/model/numerals.h"
#include "netcore/base/unicode.h"

#include <wx/app.h>
#include <wx/datetime.h>

namespace coterie::gui {

wxString to_wx(std::string_view text) {
  auto converted = wxString::FromUTF8(text.data(), text.size());
  if (converted.empty() && !text.empty()) {
    const auto mended = replace_invalid_utf8(text);
    converted = wxString::FromUTF8(mended.data(), mended.size());
  }
  return converted;
}

std::string to_utf8(const wxString& text) {
  const auto bytes = text.utf8_str();
  return {bytes.data(), bytes.length()};
}

namespace {

bool reads_from_right() { return wxTheApp->GetLayoutDirection() == wxLayout_RightToLeft; }

// Hebrew, Arabic and their relatives.
bool holds_right_to_left(std::string_view text) {
  bool found = false;
  for_each_code_point(text, [&](char32_t code, std::string_view) {
    found = found || (code >= 0x590 && code <= 0x8ff) || (code >= 0xfb1d && code <= 0xfdff) ||
            (code >= 0xfe70 && code <= 0xfeff) || (code >= 0x10800 && code <= 0x10fff) ||
            (code >= 0x1e800 && code <= 0x1efff);
  });
  return found;
}

const wxUniChar left_to_right_mark = 0x200e;
const wxUniChar right_to_left_mark = 0x200f;

}   // namespace

wxString isolated(std::string_view name) {
  wxString isolate;
  // A line takes its direction from its first letter, also where that stands isolated: a mark of the language's own comes before.
  if (reads_from_right())
    isolate = right_to_left_mark;
  else if (holds_right_to_left(name))
    isolate = left_to_right_mark;
  return isolate + wxUniChar(0x2068) + to_wx(escape_unprintable(name)) + wxUniChar(0x2069);
}

wxString path_to_wx(const std::filesystem::path& path) {
#ifdef _WIN32
  return wxString(path.wstring());
#else
  return to_wx(std::string_view(path.native()));
#endif
}

std::filesystem::path to_path(const wxString& path) {
#ifdef _WIN32
  return std::filesystem::path(path.ToStdWstring());
#else
  return std::filesystem::path(to_utf8(path));
#endif
}

namespace {

// Nothing around it: the reason says what to do.
wxString explain_input(const std::string& clause) {
  const auto trouble = trouble_of(clause);
  if (trouble.sentence == nullptr) return to_wx(as_sentence(clause));
  const auto sentence = wxGetTranslation(wxString::FromUTF8(trouble.sentence));
  return trouble.about.empty() ? sentence : wxString::Format(sentence, isolated(trouble.about));
}

// In the user's language where it is more than a name.
wxString explain_detail(const std::string& detail) {
  const auto known = detail_of(detail);
  if (known.words == nullptr) return isolated(detail);
  wxString shown;
  auto rest = wxGetTranslation(wxString::FromUTF8(known.words));
  for (const auto& name : known.names) {
    const auto at = rest.find("%s");
    if (at == wxString::npos) break;
    shown += rest.Left(at) + isolated(name);
    rest = rest.Mid(at + 2);
  }
  return shown + rest;
}

}   // namespace

wxString explain_wx(const Error& error) {
  if (error.code == Errc::invalid_argument && !error.detail.empty()) return explain_input(error.detail);
  wxString what;
  wxString next;
  switch (error.code) {
    case Errc::malformed:
      what = _("The data received does not follow the protocol");
      next = _("Check that both sides run a current Coterie.");
      break;
    case Errc::too_large:
      what = _("That is larger than allowed");
      next = _("Send something smaller; a long text can go as a file.");
      break;
    case Errc::unsupported:
      what = _("The other side does not support this");
      next = _("Update the older of the two programs.");
      break;
    case Errc::invalid_argument:
      what = _("That value cannot be used");
      next = _("Correct it and try again.");
      break;
    case Errc::crypto_failure:
      what = _("A message failed its authenticity check and was dropped");
      next = _("If this repeats, compare safety numbers with the sender.");
      break;
    case Errc::replay:
      what = _("A message arrived twice and was shown once");
      next = _("Nothing to do.");
      break;
    case Errc::no_session:
      what = _("There is no secure session with that member yet");
      next = _("It is made as soon as both of you are online; unsent messages wait.");
      break;
    case Errc::wrong_password:
      what = _("No common password with the members of this group");
      next = _("Check the group name and the password, then try again.");
      break;
    case Errc::guess_budget_empty:
      what = _("This group takes no further tries for the moment because of wrong passwords");
      next = _("It is tried again by itself, within ten minutes.");
      break;
    case Errc::identity_changed:
      what = _("A member's identity key has changed");
      next = _("Compare safety numbers with that person before you accept the new key.");
      break;
    case Errc::relay_identity_changed:
      what = _("The relay's identity is not the one you know");
      next = _("Do not continue; ask the person who runs the relay for its fingerprint.");
      break;
    case Errc::relay_unknown:
      what = _("This relay has not been seen before");
      next = _("Compare its fingerprint with the one its operator gives you.");
      break;
    case Errc::user_id_taken:
      what = _("Somebody is online under this user id already");
      next = _("Choose another user id, or sign out there first.");
      break;
    case Errc::replaced:
      what = _("This profile has signed in from somewhere else");
      next = _("Close the other program, or use another profile there.");
      break;
    case Errc::group_full:
      what = _("The group has as many members as its relay allows");
      next = _("Ask someone to leave, or use another group.");
      break;
    case Errc::refused:
      what = _("The relay refused");
      next = _("Its operator can say more.");
      break;
    case Errc::rate_limited:
      what = _("Too much at once for this relay");
      next = _("Wait a moment; it is tried again by itself.");
      break;
    case Errc::unreachable:
      what = _("The relay cannot be reached");
      next = _("Check address and port, and that coterie-relay is running there.");
      break;
    case Errc::tls_failure:
      what = _("No secure connection to the relay could be made");
      next = _("Check that address and port are those of a coterie-relay.");
      break;
    case Errc::timed_out:
      what = _("No answer in time");
      next = _("Check the network; it is tried again by itself.");
      break;
    case Errc::connection_lost:
      what = _("The connection was lost");
      next = _("It is tried again by itself; nothing is lost.");
      break;
    case Errc::shutting_down:
      what = _("The relay is shutting down");
      next = _("It is tried again by itself; nothing is lost.");
      break;
    case Errc::not_found:
      what = _("That does not exist");
      next = _("Check the name and try again.");
      break;
    case Errc::no_such_member:
      what = _("Nobody of that name is known in this group");
      next = _("The list of members shows who is known.");
      break;
    case Errc::nobody_yet:
      what = _("There is nobody else in this group yet to send this to");
      next = _("It was not kept; send it again when somebody has joined.");
      break;
    case Errc::not_a_file:
      what = _("Only ordinary files can be sent");
      next = _("Choose a regular file; pack a folder first.");
      break;
    case Errc::permission_denied:
      what = _("Permission denied");
      next = _("Check the permissions of the file or folder.");
      break;
    case Errc::disk_full:
      what = _("The disk is full");
      next = _("Free some space; what was received so far is kept and goes on by itself.");
      break;
    case Errc::profile_full:
      what = _("The disk that holds the profile is full");
      next =
          _("Free some space; a message that could not be kept was not sent and has to be sent again, and what others "
            "send waits for "
            "you.");
      break;
    case Errc::io_failure:
      what = _("Reading or writing failed");
      next = _("Check the disk and try again; what was received so far is kept.");
      break;
    case Errc::source_changed:
      what = _("The file was changed while it was being sent");
      next = _("Send it again when it is complete.");
      break;
    case Errc::digest_mismatch:
      what = _("The received file differs from the one sent");
      next = _("Ask for it again; the damaged copy was not put in place.");
      break;
    case Errc::database_corrupt:
      what = _("The database is damaged and was left as it is");
      next = _("Restore it from a backup, or move it away to start anew.");
      break;
    case Errc::database_newer:
      what = _("The database was written by a newer version");
      next = _("Update Coterie; the database was left as it is.");
      break;
    case Errc::server_refused:
      what = _("The server refused");
      next = _("Whoever runs it can say more.");
      break;
    case Errc::server_lost:
      what = _("The connection to the server was lost");
      next = _(
          "It is tried again by itself; classic mode keeps nothing, so what was on its way may have to be sent again.");
      break;
    case Errc::not_classic:
      what = _("The server closed the connection without an answer");
      next = _("It may not speak classic mode: a coterie-relay does so only where it was started with --classic.");
      break;
    case Errc::cut_off:
      what = _("The file was cut off before it was whole");
      next = _("Classic mode keeps no part of it: it has to be sent again from the beginning.");
      break;
    case Errc::unreadable:
      what = _("That cannot be read");
      next = _("Different password? Whoever sent it has to use the same one as you.");
      break;
    case Errc::in_use:
      what = _("It is in use by another program");
      next = _("Close the other one first, or choose another.");
      break;
  }
  if (!error.detail.empty()) what += ": " + explain_detail(error.detail);
  return what + ". " + next;
}

wxString classic_badge_wx() { return _("classic: not private"); }

wxString look_alike_text(std::string_view user_id, std::string_view like) {
  return like.empty() ? wxString::Format(_("The user id %s is written with letters of more than one alphabet, and can "
                                           "look like another "
                                           "one. Compare safety numbers before you trust it."),
                                         isolated(user_id))
                      : wxString::Format(_("%s is written with other letters than %s, and may be somebody else. "
                                           "Compare safety numbers "
                                           "before you trust it."),
                                         isolated(user_id), isolated(like));
}

wxString figures(const wxString& text) {
  // The ten digits, the decimal point, the separator of thousands and the sign of percent of the language.
  return to_wx(in_digits(to_utf8(text), to_utf8(_("0123456789.,%"))));
}

namespace {

// A number and its Latin unit, in the order of the words around them.
wxString measure(const wxString& text) {
  auto shown = figures(text);
  if (!reads_from_right()) return shown;
  shown.Replace(" ", " " + wxString(right_to_left_mark));
  return wxString(right_to_left_mark) + shown + wxString(right_to_left_mark);
}

}   // namespace

wxString size_text(std::uint64_t bytes) { return measure(to_wx(format_size(bytes))); }
wxString rate_text(double bytes_per_second) { return measure(to_wx(format_rate(bytes_per_second))); }
wxString duration_text(std::chrono::seconds time) { return figures(to_wx(format_duration(time))); }
wxString clock_text(std::int64_t ms) { return figures(to_wx(format_clock(ms))); }
wxString percent_text(int percent) { return measure(wxString::Format("%d %%", percent)); }

namespace {

// From the catalogue and not from the system, which need not have the locale of the language that is spoken.
const std::array weekdays{wxTRANSLATE("Sunday"),    wxTRANSLATE("Monday"),   wxTRANSLATE("Tuesday"),
                          wxTRANSLATE("Wednesday"), wxTRANSLATE("Thursday"), wxTRANSLATE("Friday"),
                          wxTRANSLATE("Saturday")};
const std::array months{wxTRANSLATE("January"), wxTRANSLATE("February"), wxTRANSLATE("March"),
                        wxTRANSLATE("April"),   wxTRANSLATE("May"),      wxTRANSLATE("June"),
                        wxTRANSLATE("July"),    wxTRANSLATE("August"),   wxTRANSLATE("September"),
                        wxTRANSLATE("October"), wxTRANSLATE("November"), wxTRANSLATE("December")};

// The letters of strftime stand for the parts, in the order the language wants.
wxString date_text(std::int64_t ms, wxString form) {
  const wxDateTime time(static_cast<time_t>(ms / 1000));
  form.Replace("%A", wxGetTranslation(weekdays.at(static_cast<std::size_t>(time.GetWeekDay()))));
  form.Replace("%B", wxGetTranslation(months.at(static_cast<std::size_t>(time.GetMonth()))));
  form.Replace("%d", wxString::Format("%d", static_cast<int>(time.GetDay())));
  form.Replace("%Y", wxString::Format("%d", time.GetYear()));
  return figures(form);
}

}   // namespace

wxString day_name(std::int64_t ms, std::int64_t now) {
  const auto days = local_day(now) - local_day(ms);
  if (days == 0) return _("Today");
  if (days == 1) return _("Yesterday");
  if (days > 1 && days < 300) return date_text(ms, _("%A, %d %B"));
  return date_text(ms, _("%d %B %Y"));
}

wxString date_name(std::int64_t ms) { return date_text(ms, _("%A, %d %B %Y")); }

wxString sent_name(std::int64_t sent, std::int64_t arrived, std::int64_t now) {
  const auto clock = clock_text(sent);
  return local_day(sent) == local_day(arrived) ? clock : day_name(sent, now) + ", " + clock;
}

wxString moment_name(std::int64_t ms, std::int64_t now) {
  const auto seconds = (now - ms) / 1000;
  if (seconds < 60) return _("just now");
  if (seconds < 3600) return figures(wxString::Format(_("%d min ago"), static_cast<int>(seconds / 60)));
  const auto days = local_day(now) - local_day(ms);
  if (days == 0) return clock_text(ms);
  if (days == 1) return wxString::Format(_("yesterday, %s"), clock_text(ms));
  return day_name(ms, now);
}

}   // namespace coterie::gui
