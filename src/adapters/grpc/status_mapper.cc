#include "adapters/grpc/status_mapper.h"

#include <string_view>
#include <utility>

#include "core/support/enumeration.h"
#include "core/support/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace runners::grpc_server {
namespace {

constexpr char kInternalMessage[] = "internal error; the server's log has this request id";
constexpr std::size_t kMaxFieldBytes = 256;
constexpr std::size_t kMaxMetadataBytes = 512;
// Kept free for the last line "and N more" and the framing of a detail inside google.rpc.Status.
constexpr std::size_t kReserveBytes = 160;

std::string MessageFor(const absl::Status& status, const ErrorDetail& detail) {
  if (detail.reason == ErrorReason::kInternal) return kInternalMessage;
  return Shortened(MessageOf(status), kMaxMessageBytes);
}

google::rpc::ErrorInfo ErrorInfoOf(const ErrorDetail& detail) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(RowOf(detail.reason).name));
  info.set_domain(std::string(kErrorDomain));
  for (const auto& [key, value] : detail.metadata) {
    (*info.mutable_metadata())[key] = Shortened(value, kMaxMetadataBytes);
  }
  return info;
}

// Packs details into a google.rpc.Status while they fit the bound. Thread-compatible.
class DetailPacker {
 public:
  explicit DetailPacker(google::rpc::Status& status) : status_(status) {}

  void Pack(const google::protobuf::Message& detail) {
    status_.add_details()->PackFrom(detail);
    used_ = Used();
  }

  // Adds the items one by one to `list`, then packs it; the last says how many are left out, if any
  // are.
  template <typename List, typename Items, typename Add, typename AddMore>
  void PackList(List list, const Items& items, const Add& add, const AddMore& add_more) {
    if (items.empty()) return;
    std::size_t packed = 0;
    for (const auto& item : items) {
      List longer = list;
      add(longer, item);
      if (used_ + longer.ByteSizeLong() + kReserveBytes > kMaxDetailBytes) break;
      list = std::move(longer);
      ++packed;
    }
    if (packed < items.size()) add_more(list, items.size() - packed);
    Pack(list);
  }

 private:
  std::size_t Used() const {
    std::size_t bytes = 0;
    for (const auto& detail : status_.details()) bytes += detail.ByteSizeLong() + 4;
    return bytes;
  }

  google::rpc::Status& status_;
  std::size_t used_ = 0;
};

void PackViolations(const ErrorDetail& detail, DetailPacker& packer) {
  packer.PackList(
      google::rpc::BadRequest(), detail.violations,
      [](google::rpc::BadRequest& list, const FieldViolation& one) {
        auto* violation = list.add_field_violations();
        violation->set_field(Shortened(one.field, kMaxFieldBytes));
        violation->set_description(Shortened(one.description, kMaxFieldBytes));
      },
      [](google::rpc::BadRequest& list, std::size_t left_out) {
        list.add_field_violations()->set_description(MoreText(left_out));
      });
}

void PackUnmet(const ErrorDetail& detail, DetailPacker& packer) {
  packer.PackList(
      google::rpc::PreconditionFailure(), detail.unmet,
      [](google::rpc::PreconditionFailure& list, const UnmetPrecondition& one) {
        auto* violation = list.add_violations();
        violation->set_type(one.type);
        violation->set_subject(Shortened(one.subject, kMaxFieldBytes));
        violation->set_description(Shortened(one.description, kMaxFieldBytes));
      },
      [](google::rpc::PreconditionFailure& list, std::size_t left_out) {
        list.add_violations()->set_description(MoreText(left_out));
      });
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, const std::string& request_id) {
  if (status.ok()) return grpc::Status::OK;
  const ErrorDetail detail = DetailOf(status);
  // The numbers of the two enums are the same by design.
  const auto code = static_cast<grpc::StatusCode>(RowOf(detail.reason).code);
  const std::string message = MessageFor(status, detail);

  google::rpc::Status rich;
  rich.set_code(static_cast<int>(code));
  rich.set_message(message);
  DetailPacker packer(rich);
  packer.Pack(ErrorInfoOf(detail));
  google::rpc::RequestInfo request;
  request.set_request_id(request_id);
  packer.Pack(request);
  if (detail.retry_after) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(*detail.retry_after));
    retry.mutable_retry_delay()->set_nanos(
        static_cast<int>(absl::ToInt64Nanoseconds(*detail.retry_after % absl::Seconds(1))));
    packer.Pack(retry);
  }
  PackViolations(detail, packer);
  PackUnmet(detail, packer);
  return {code, message, rich.SerializeAsString()};
}

}  // namespace runners::grpc_server
