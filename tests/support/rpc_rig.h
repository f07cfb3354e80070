#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "adapters/grpc/rpc_server.h"
#include "adapters/postgres/enrollment_store.h"
#include "adapters/postgres/grant_store.h"
#include "adapters/postgres/runner_store.h"
#include "adapters/postgres/selection_index.h"
#include "adapters/system/worker_pool.h"
#include "agynio/api/gateway/v1/runners.grpc.pb.h"
#include "agynio/api/runners/v1/runners.grpc.pb.h"
#include "core/access/authorizer.h"
#include "core/model/page_token.h"
#include "core/ports/fault_points.h"
#include "tests/support/database_rig.h"
#include "tests/support/fake_overlay.h"
#include "tests/support/rpc_call.h"

namespace runners::testing {

namespace pb = agynio::api::runners::v1;
namespace gateway_pb = agynio::api::gateway::v1;

using Service = pb::RunnersService::Stub;
using GatewayService = gateway_pb::RunnersGateway::Stub;

// How much a replica takes on at a time.
struct ReplicaLimits {
  std::size_t database_threads = 4;
  std::size_t database_queue = 64;
  std::size_t enrollment_threads = 2;
  std::size_t enrollment_queue = 16;
};

// Everything between the wire and the ports as one server process has it, listening on 127.0.0.1
// and a free port. Several may share a database. Thread-safe.
class Replica {
 public:
  // What is given must outlive this.
  Replica(DatabaseRig& database, Overlay& overlay, ReplicaLimits limits = {});

  Service& service() { return *service_; }
  GatewayService& gateway() { return *gateway_; }
  grpc_server::RpcServer& server() { return *server_; }
  const std::shared_ptr<grpc::Channel>& channel() { return channel_; }

 private:
  NoFaults faults_;
  postgres::PostgresRunnerStore runners_;
  postgres::PostgresSelectionIndex selection_;
  postgres::PostgresEnrollmentStore enrollment_;
  postgres::PostgresGrantStore grant_store_;
  postgres::PostgresAccessChecker access_;
  PageTokenSealer sealer_;
  Authorizer authorizer_{access_};
  RegisterRunner register_;
  GetRunner get_;
  ListRunners list_;
  UpdateRunner update_{authorizer_, runners_, faults_};
  DeleteRunner delete_{authorizer_, runners_, faults_};
  EnrollRunner enroll_;
  SelectRunner select_{authorizer_, selection_};
  Grants grants_{authorizer_, grant_store_, sealer_};
  system::WorkerPool database_lane_;
  system::WorkerPool enrollment_lane_;
  std::unique_ptr<grpc_server::RpcServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<GatewayService> gateway_;
};

// Two organizations and those who have to do with them.
inline constexpr char kAcmeId[] = "aaaaaaaa-0000-4000-8000-000000000001";
inline constexpr char kGlobexId[] = "bbbbbbbb-0000-4000-8000-000000000002";
inline constexpr char kAdminId[] = "00000000-0000-4000-8000-000000000001";
inline constexpr char kOwnerId[] = "00000000-0000-4000-8000-000000000002";         // of Acme
inline constexpr char kMemberId[] = "00000000-0000-4000-8000-000000000003";        // of Acme
inline constexpr char kForeignOwnerId[] = "00000000-0000-4000-8000-000000000004";  // of Globex
inline constexpr char kStrangerId[] = "00000000-0000-4000-8000-000000000005";

// A service on a database of its own, with the grants above, and the calls tests make over and
// over. A call here that fails throws std::runtime_error. Tokens, their digests and identity keys
// go to SecretsSeen. Thread-safe but for what DatabaseRig says of itself.
class RpcRig {
 public:
  explicit RpcRig(ReplicaLimits limits = {});
  // `overlay` must outlive this.
  explicit RpcRig(Overlay& overlay, ReplicaLimits limits = {});
  ~RpcRig();

  DatabaseRig& database() { return database_; }
  FakeOverlay& overlay() { return fake_; }
  Replica& replica() { return replica_; }
  Service& service() { return replica_.service(); }
  GatewayService& gateway() { return replica_.gateway(); }

  void Grant(const std::string& identity, Relation relation, const std::string& organization = "");

  // Registered by the cluster admin.
  pb::RegisterRunnerResponse Register(const pb::RegisterRunnerRequest& request);
  pb::RegisterRunnerResponse Register(const std::string& name,
                                      const std::string& organization = "");
  pb::EnrollRunnerResponse Enroll(const std::string& token);
  pb::Runner RegisterEnrolled(const pb::RegisterRunnerRequest& request);
  pb::Runner RegisterEnrolled(const std::string& name, const std::string& organization = "");
  pb::Runner Get(const std::string& id);
  void Delete(const std::string& id);

 private:
  DatabaseRig database_;
  FakeOverlay fake_{database_.clock()};
  Replica replica_;
};

// The request that describes such a runner; empty `organization`: cluster-scoped.
pb::RegisterRunnerRequest Described(const std::string& name, const std::string& organization = "");

}  // namespace runners::testing
