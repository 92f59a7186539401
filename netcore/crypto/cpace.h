// SPDX-License-Identifier: MIT
// CPace, suite CPACE-RISTR255-SHA512, initiator/responder transcript (draft-irtf-cfrg-cpace): a password-authenticated key
// exchange that gives a wrong guess exactly one try and an eavesdropper none.
#pragma once

#include "netcore/base/result.h"
#include "netcore/base/secret.h"

namespace coterie::crypto {

constexpr std::size_t cpace_point = 32;
using CpacePoint = ByteArray<cpace_point>;

// One side of one run; used up by finish().
class Cpace {
 public:
  // `prs`: the stretched password; `ci`: channel identifier; `sid`: session id. The scalar is drawn at random, or taken
  // from `scalar` (32 bytes, for known answers).
  Cpace(ByteView prs, ByteView ci, ByteView sid);
  Cpace(ByteView prs, ByteView ci, ByteView sid, ByteView scalar);

  [[nodiscard]] const CpacePoint& share() const { return share_; }

  // The 64-byte intermediate session key ISK_IR, from the two shares and associated data in transcript order.
  // Errc::crypto_failure for a share that is no valid point or gives the identity.
  Result<SecretBytes> finish_as_initiator(ByteView ad_own, ByteView share_peer, ByteView ad_peer);
  Result<SecretBytes> finish_as_responder(ByteView ad_own, ByteView share_peer, ByteView ad_peer);

 private:
  Result<SecretBytes> finish(ByteView share_peer, ByteView first_share, ByteView first_ad, ByteView second_share,
                             ByteView second_ad);

  SecretBytes sid_;
  SecretBytes scalar_;
  CpacePoint share_{};
};

// The generator of the run; exposed for the draft's vectors.
CpacePoint cpace_generator(ByteView prs, ByteView ci, ByteView sid);

}   // namespace coterie::crypto
