// SPDX-License-Identifier: MIT
#include "gui/model/input_trouble.h"

#include <array>

namespace coterie::gui {
namespace {

// For xgettext: the words are looked up where they are shown.
constexpr const char* to_translate(const char* text) { return text; }

struct Known {
  std::string_view clause;   // as the engine says it; %s stands for a name
  const char* sentence;
};

constexpr std::array known_clauses{
    Known{"the user id is empty", to_translate("Type the name by which the others are to see you.")},
    Known{"the user id is longer than 32 characters",
          to_translate("This user id is too long: use at most 32 characters.")},
    Known{"the user id is longer than 64 bytes",
          to_translate("This user id is too long: use fewer characters, or simpler ones.")},
    Known{"the user id holds an invisible or control character",
          to_translate("There is an invisible character in this user id: delete it and type it anew.")},
    Known{"the user id begins or ends with a space",
          to_translate("Delete the space at the beginning or end of this user id.")},
    Known{"the user id holds unusual or doubled spaces",
          to_translate("Use one ordinary space between the words of a user id.")},
    Known{"a user id in classic mode has no spaces and is not %s",
          to_translate("In classic mode a user id has no spaces, and is not %s: choose another one.")},
    Known{"in this profile you are %s, and somebody else needs a profile of their own",
          to_translate("In this profile you are %s: use that user id, or leave the group first.")},
    Known{"the group name is empty", to_translate("Type the name of the group, or think of one if you are the first.")},
    Known{"the group name is longer than 64 bytes",
          to_translate("This group name is too long: use at most 64 letters, or 32 of most scripts other than Latin.")},
    Known{"the group name holds an invisible or control character",
          to_translate("There is an invisible character in this group name: delete it and type it anew.")},
    Known{"the group name begins or ends with a space",
          to_translate("Delete the space at the beginning or end of this group name.")},
    Known{"the group name holds unusual or doubled spaces",
          to_translate("Use one ordinary space between the words of a group name.")},
    Known{"the password is shorter than 8 characters",
          to_translate("A password has at least 8 characters; several words are best.")},
    Known{"the password is longer than 128 bytes",
          to_translate("This password is too long: use at most 128 letters, or 64 of most scripts other than Latin.")},
    Known{"the password is too easy to guess to create a group with; use several unrelated words",
          to_translate("This password is too easy to guess to create a group with. Press Suggest for a better one.")},
    Known{"no password was given and none is remembered for this group",
          to_translate("Type the group's password: it is not remembered here.")},
    Known{"no password was given", to_translate("Type the password that the others use on this server.")},
    Known{"this is the password of your group %s, and classic mode would tell it to the server and to whoever listens; "
          "choose another one for classic mode",
          to_translate("This is the password of your group %s, and classic mode would tell it to the server and to "
                       "whoever listens: choose another one for classic mode.")},
    Known{"the access key is longer than 64 bytes",
          to_translate("This access key is too long: it has at most 64 letters.")},
    Known{"an address is written host:port, for example relay.example.org:12345",
          to_translate("Type the relay's address by itself, for example relay.example.org.")},
    Known{"the bracket of the address is not closed", to_translate("Close the bracket of this address.")},
    Known{"a colon and the port follow the bracket",
          to_translate("Type the relay's address by itself, for example relay.example.org.")},
    Known{"brackets are for IPv6 addresses", to_translate("Take the brackets off: only IPv6 addresses have them.")},
    Known{"a port is a number from 1 to 65535", to_translate("A port is a number from 1 to 65535.")},
    Known{"this is not a whole invite link (coterie://host:port/group?pin=…)",
          to_translate("This is not a whole invite link: copy all of it, from coterie:// to its end.")},
    Known{"the message is empty", to_translate("There is nothing in this message: write something first.")},
    Known{"the text is empty", to_translate("There is nothing in this message: write something first.")},
    Known{"this message was deleted", to_translate("This message was deleted: nothing can be done with it any more.")},
    Known{"you have given this message eight reactions already; take one back first",
          to_translate("You have given this message eight reactions already: take one back first.")},
    Known{"all of it has been sent already", to_translate("All of this file has been sent already.")},
    Known{"all of it has arrived already", to_translate("All of this file has arrived already.")},
    Known{"the user id is not valid UTF-8",
          to_translate("There is a character in this user id that cannot be read: type it anew.")},
    Known{"the group name is not valid UTF-8",
          to_translate("There is a character in this group name that cannot be read: type it anew.")},
    Known{"the password is not valid UTF-8",
          to_translate("There is a character in this password that cannot be read: type it anew.")},
    Known{"the text is not valid UTF-8",
          to_translate("There is a character in this text that cannot be read: type it anew.")},
    Known{"a text in classic mode cannot begin with %s",
          to_translate("In classic mode a text cannot begin with %s: begin it with something else.")},
    Known{"a file cannot be changed or taken back, only its transfer cancelled",
          to_translate("A file cannot be changed or taken back: cancel its transfer.")},
    Known{"a reaction is one sign or a short word of at most 32 bytes, without spaces",
          to_translate("A reaction is one sign or a short word, without spaces: choose a shorter one.")},
    Known{"this file id is in use already", to_translate("This file is being sent already.")},
    Known{"no folder was given", to_translate("Choose a folder for received files first.")},
    Known{"an address is written HOST or HOST:PORT, without a scheme such as https:// and without a path",
          to_translate("Type the relay's address by itself, for example relay.example.org.")},
    Known{"a fingerprint has 64 hexadecimal digits; coterie-relay --fingerprint prints it",
          to_translate("A fingerprint has 64 hexadecimal digits: ask whoever runs the relay for it.")},
    Known{"cannot watch %s", to_translate("No relay can be started there: %s. Choose another port.")},
    Known{"cannot listen on %s", to_translate("No relay can be started there: %s. Choose another port.")},
    Known{"only a file that was accepted can be paused", to_translate("Only a file that was accepted can be paused.")},
};

constexpr std::string_view hole = "%s";

}   // namespace

InputTrouble trouble_of(std::string_view clause) {
  for (const auto& known : known_clauses) {
    if (known.clause == clause) return {known.sentence, {}};
    const auto at = known.clause.find(hole);
    if (at == std::string_view::npos) continue;
    const auto before = known.clause.substr(0, at);
    const auto after = known.clause.substr(at + hole.size());
    if (clause.size() < before.size() + after.size() || !clause.starts_with(before) || !clause.ends_with(after))
      continue;
    return {known.sentence, std::string(clause.substr(before.size(), clause.size() - before.size() - after.size()))};
  }
  return {};
}

std::string as_sentence(std::string_view clause) {
  std::string sentence(clause);
  if (sentence.empty()) return sentence;
  if (sentence.front() >= 'a' && sentence.front() <= 'z')
    sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
  if (sentence.back() != '.' && sentence.back() != '!' && sentence.back() != '?') sentence.push_back('.');
  return sentence;
}

FormField field_of(const Error& error) {
  const auto& why = error.detail;
  switch (error.code) {
    case Errc::unreachable:
    case Errc::tls_failure:
    case Errc::timed_out:
    case Errc::connection_lost:
    case Errc::shutting_down:
    case Errc::relay_identity_changed:
    case Errc::relay_unknown:
    case Errc::unsupported:
    case Errc::not_classic:
    case Errc::server_lost: return FormField::relay;
    case Errc::user_id_taken:
    case Errc::in_use: return FormField::user;
    case Errc::wrong_password:
    case Errc::guess_budget_empty: return FormField::password;
    case Errc::group_full: return FormField::group;
    case Errc::refused: return FormField::access_key;
    case Errc::invalid_argument:
      // Names that others have given stand behind these words, and may hold any of the next.
      if (why.starts_with("in this profile you are")) return FormField::user;
      if (why.find("password") != std::string::npos) return FormField::password;
      if (why.find("access key") != std::string::npos) return FormField::access_key;
      if (why.find("user id") != std::string::npos) return FormField::user;
      if (why.find("group") != std::string::npos) return FormField::group;
      return FormField::relay;
    default: return FormField::none;
  }
}

}   // namespace coterie::gui
