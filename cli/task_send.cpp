// SPDX-License-Identifier: MIT
// send: offers files, one offer for each recipient, and ends when all of them are there, verified. What an earlier run left unfinished
// goes on instead of being offered twice.
#include "cli/audience.h"
#include "cli/format.h"
#include "cli/status_line.h"
#include "cli/task.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"
#include "netcore/client.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace coterie::cli {
namespace {

class SendTask final : public Task {
 public:
  SendTask(Shell& shell, SendOptions options)
      : shell_(shell), options_(std::move(options)), audience_(shell, options_.to, "Nothing was offered") {}

  void start() override {
    // What cannot be sent is said before anything is connected.
    for (auto& path : options_.paths) {
      std::error_code error;
      const auto whole = std::filesystem::canonical(path, error);
      if (error) {
        const auto code = error == std::errc::permission_denied ? Errc::permission_denied : Errc::not_found;
        return shell_.give_up(Error{code, "the file " + path.string()});
      }
      if (!std::filesystem::is_regular_file(whole, error))
        return shell_.give_up(Error{Errc::not_a_file, path.string()});
      path = whole;
    }
    // A file that is named twice is one.
    std::set<std::filesystem::path> named;
    std::erase_if(options_.paths, [&](const auto& path) { return !named.insert(path).second; });
    if (options_.wait) shell_.after(*options_.wait, [this] { time_is_up(); });
    status_.start();
    shell_.tell(command::Connect{});
  }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   [&](const event::Settled& settled) {
                     audience_.on_settled(settled);
                     offer_if_possible();
                   },
                   [&](const event::MemberChanged&) { offer_if_possible(); },
                   [&](const event::TransferChanged& transfer) { on_transfer(transfer); },
                   [&](const event::Notice& notice) { on_notice(notice); },
                   [](const auto&) {},
               },
               event);
  }

  [[nodiscard]] bool shows(const Event& event, bool to_program) const override {
    if (const auto* transfer = std::get_if<event::TransferChanged>(&event); transfer != nullptr && !to_program)
      return transfer->phase == event::TransferPhase::waiting && transfer->error.has_value();
    if (is_over_ && std::holds_alternative<event::LinkChanged>(event)) return to_program;   // told with the file
    return to_program || is_trouble(event);
  }

  [[nodiscard]] ExitCode when_interrupted() const override {
    return items_.empty() ? ExitCode::error : ExitCode::not_delivered;
  }
  [[nodiscard]] std::string interrupted_sentence() const override {
    return items_.empty() ? "Interrupted; nothing was sent." : std::string();
  }
  void on_finish(ExitCode) override { shell_.status({}); }

 private:
  // One file for one recipient.
  struct Item {
    std::filesystem::path path;
    std::string to;
    FileId id;      // of the transfer; of one for everyone only once the engine has told it
    FileId batch;   // of the command
    event::TransferPhase phase = event::TransferPhase::offered;
    bool is_adopted = false;   // from an earlier run

    [[nodiscard]] bool is(const event::TransferChanged& transfer) const {
      return id == transfer.id || (!batch.is_zero() && batch == transfer.batch && same_user(to, transfer.peer));
    }
    [[nodiscard]] bool is_named(const std::string& hex) const {
      return (!id.is_zero() && id.hex() == hex) || (!batch.is_zero() && batch.hex() == hex);
    }
  };

  void offer_if_possible() {
    if (!items_.empty()) return;
    const auto recipients = audience_.find();
    if (!recipients) return;
    for (const auto& path : options_.paths)
      for (const auto& recipient : *recipients) items_.push_back({path, recipient, {}, {}, {}, false});
    std::vector<Item*> fresh;
    for (auto& item : items_)
      if (!adopt(item)) fresh.push_back(&item);
    // What is for everyone is one message in the group's conversation. Classic mode knows no such thing.
    if (!audience_.is_everyone() || shell_.is_classic()) {
      for (auto* item : fresh) offer({item});
      return;
    }
    for (const auto& path : options_.paths) {
      std::vector<Item*> of_path;
      std::copy_if(fresh.begin(), fresh.end(), std::back_inserter(of_path),
                   [&](const Item* item) { return item->path == path; });
      if (!of_path.empty()) offer(of_path);
    }
  }

  bool adopt(Item& item) {
    for (const auto& [id, transfer] : unfinished_) {
      const bool is_taken =
          std::any_of(items_.begin(), items_.end(), [&, &known = id](const Item& other) { return other.id == known; });
      if (is_taken || !same_user(transfer.peer, item.to) || transfer.path != item.path) continue;
      item.id = id;
      item.phase = transfer.phase;
      item.is_adopted = true;
      status_.update(transfer);
      return true;
    }
    return false;
  }

  // The same file for all of them.
  void offer(const std::vector<Item*>& items) {
    const bool for_everyone = audience_.is_everyone() && !shell_.is_classic();
    command::SendFile send;
    send.id = random_id<FileId>();
    send.path = items.front()->path;
    send.for_everyone = for_everyone;
    for (auto* item : items) {
      item->id = for_everyone ? FileId{} : send.id;
      item->batch = send.id;
      item->phase = event::TransferPhase::offered;
      item->is_adopted = false;
      send.to.push_back(item->to);
    }
    shell_.tell(std::move(send));
  }

  void on_transfer(const event::TransferChanged& transfer) {
    const auto item = std::find_if(items_.begin(), items_.end(), [&](const Item& other) { return other.is(transfer); });
    if (item == items_.end()) {
      if (!transfer.outgoing) return;
      if (is_final(transfer.phase))
        unfinished_.erase(transfer.id);
      else
        unfinished_[transfer.id] = transfer;
      return;
    }
    // The file was changed since it was offered in an earlier run: what it is now is offered anew.
    if (item->is_adopted && transfer.phase == event::TransferPhase::failed && transfer.error &&
        transfer.error->code == Errc::source_changed)
      return offer({&*item});
    item->id = transfer.id;
    const bool is_news = item->phase != transfer.phase;
    item->phase = transfer.phase;
    status_.update(transfer);
    if (!is_news || !is_final(transfer.phase)) return;
    was_cut_off_ = was_cut_off_ || (transfer.error && transfer.error->code == Errc::cut_off);
    const auto name = escape_unprintable(transfer.name);
    const auto peer = escape_unprintable(transfer.peer);
    if (transfer.phase == event::TransferPhase::finished)
      shell_.reporter().result(shell_.is_classic() ? shell_.badge() + name + ": given to the server for " + peer +
                                                         "; nothing confirms that it arrived."
                                                   : name + ": complete and verified at " + peer + ".");
    else
      shell_.reporter().fail(transfer.error ? name_of(transfer.error->code) : "refused",
                             name + " did not reach " + peer + ": " +
                                 (transfer.error ? explain(*transfer.error)
                                  : transfer.phase == event::TransferPhase::declined
                                      ? "it was declined there. Ask " + peer + " before you offer it again."
                                      : "it was cancelled. Offer it again if that was a mistake."));
    finish_if_done();
  }

  void on_notice(const event::Notice& notice) {
    bool is_ours = false;
    for (auto& item : items_)
      if (item.is_named(notice.about)) {
        item.phase = event::TransferPhase::failed;   // the notice itself has been shown
        is_ours = true;
      }
    if (is_ours) finish_if_done();
  }

  void finish_if_done() {
    is_over_ = true;
    bool all_arrived = true;
    for (const auto& item : items_) {
      if (!is_final(item.phase)) return;
      all_arrived = all_arrived && item.phase == event::TransferPhase::finished;
    }
    shell_.finish(all_arrived ? ExitCode::ok : was_cut_off_ ? ExitCode::not_delivered : ExitCode::error);
  }

  void time_is_up() {
    if (items_.empty()) return audience_.give_up_waiting(*options_.wait);
    std::vector<std::string> waiting;
    for (const auto& item : items_)
      if (!is_final(item.phase) && std::find(waiting.begin(), waiting.end(), item.to) == waiting.end())
        waiting.push_back(item.to);
    shell_.give_up(ExitCode::not_delivered, "timed_out",
                   "Not complete at " + join_names(waiting) + " within " + std::to_string(options_.wait->count()) +
                       " s. " +
                       (shell_.is_classic() ? "Classic mode keeps nothing: send it again."
                                            : "What has arrived is kept; it goes on when both of you are online, or "
                                              "when this command is run again."));
  }

  Shell& shell_;
  SendOptions options_;
  Audience audience_;
  std::map<FileId, event::TransferChanged> unfinished_;   // outgoing, not ours in this run
  std::vector<Item> items_;
  bool is_over_ = false;
  bool was_cut_off_ = false;   // in classic mode, by the line or its receiver
  StatusLine status_{shell_, "waiting for the recipients"};
};

}   // namespace

std::unique_ptr<Task> make_send(Shell& shell, SendOptions options) {
  return std::make_unique<SendTask>(shell, std::move(options));
}

}   // namespace coterie::cli
