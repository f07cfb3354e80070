#pragma once

#include <span>
#include <string_view>

namespace runners::grpc_server {

// Who may make a call. Before the use case only this is checked: whether there must be an identity.
// Whether it is a cluster admin's, an owner's or a member's the use case asks Authorizer, so a row
// with kAdmin alone keeps nobody out.
enum class CallerRule {
  kIdentified,            // needs an identity, also from inside; the use case judges what it may
  kInternalOrIdentified,  // no identity: an internal call, where the listener vouches for those
  kInternalOrAdmin,       // internal, or the identity of a cluster admin
  kAdmin,                 // the identity of a cluster admin
  kServiceToken,          // the token in the request is the credential; an identity is ignored
};

// Whose threads do the work.
enum class Lane {
  kDatabase,    // short: statements only
  kEnrollment,  // long: calls to the overlay's controller
};

enum class Gateway { kOffered, kInternalOnly };

// One RPC of RunnersService and, where offered, of RunnersGateway. On the gateway a call without an
// identity is never internal.
struct MethodPolicy {
  std::string_view name;
  CallerRule callers;
  Gateway gateway;
  Lane lane;
};

// Every RPC once. An RPC without a row is not served; a test compares the table with the
// descriptors.
std::span<const MethodPolicy> MethodPolicies();

}  // namespace runners::grpc_server
