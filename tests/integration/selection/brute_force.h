#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

// A second opinion on selection: the rules as a reader of the contract would write them down, with
// nothing of the service included.
namespace brute_force {

struct FleetRunner {
  std::string id;
  std::string organization;  // empty: serves the whole cluster
  std::string status;        // pending, enrolled, offline
  bool deleted = false;
  std::map<std::string, std::string> labels;
  std::vector<std::string> capabilities;
};

struct Request {
  std::string organization;
  std::map<std::string, std::string> labels;
  std::set<std::string> capabilities;
  std::set<std::string> excluded;
};

struct Counts {
  long in_scope = 0;
  long enrolled = 0;
  long considered = 0;
  std::map<std::string, long> labels;
  std::map<std::string, long> capabilities;
};

inline bool InScope(const FleetRunner& runner, const Request& request) {
  return !runner.deleted &&
         (runner.organization.empty() || runner.organization == request.organization);
}

inline bool HasLabel(const FleetRunner& runner, const std::string& key, const std::string& value) {
  const auto found = runner.labels.find(key);
  return found != runner.labels.end() && found->second == value;
}

inline bool HasCapability(const FleetRunner& runner, const std::string& capability) {
  return std::count(runner.capabilities.begin(), runner.capabilities.end(), capability) > 0;
}

inline bool Considered(const FleetRunner& runner, const Request& request) {
  return InScope(runner, request) && runner.status == "enrolled" &&
         request.excluded.count(runner.id) == 0;
}

inline std::set<std::string> Qualifying(const std::vector<FleetRunner>& fleet,
                                        const Request& request) {
  std::set<std::string> ids;
  for (const FleetRunner& runner : fleet) {
    bool fits = Considered(runner, request);
    for (const auto& [key, value] : request.labels) fits = fits && HasLabel(runner, key, value);
    for (const std::string& one : request.capabilities) fits = fits && HasCapability(runner, one);
    if (fits) ids.insert(runner.id);
  }
  return ids;
}

inline Counts CountsOf(const std::vector<FleetRunner>& fleet, const Request& request) {
  Counts counts;
  for (const auto& [key, value] : request.labels) counts.labels[key] = 0;
  for (const std::string& one : request.capabilities) counts.capabilities[one] = 0;
  for (const FleetRunner& runner : fleet) {
    if (!InScope(runner, request)) continue;
    ++counts.in_scope;
    if (runner.status == "enrolled") ++counts.enrolled;
    if (!Considered(runner, request)) continue;
    ++counts.considered;
    for (const auto& [key, value] : request.labels) {
      if (HasLabel(runner, key, value)) ++counts.labels[key];
    }
    for (const std::string& one : request.capabilities) {
      if (HasCapability(runner, one)) ++counts.capabilities[one];
    }
  }
  return counts;
}

// Makes fleets and requests small enough to collide often, with the awkward values in them.
// Thread-compatible.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::vector<FleetRunner> NewFleet() {
    std::vector<FleetRunner> fleet(Below(14));
    for (FleetRunner& runner : fleet) {
      runner.id = NewId();
      runner.organization = Below(3) == 0 ? "" : Organization();
      runner.status = Below(4) == 0 ? (Below(2) == 0 ? "pending" : "offline") : "enrolled";
      runner.deleted = Below(10) == 0;
      runner.labels = SomeLabels(5);
      for (std::size_t n = Below(4); n > 0; --n) runner.capabilities.push_back(Capability());
    }
    return fleet;
  }

  Request NewRequest(const std::vector<FleetRunner>& fleet) {
    Request request;
    request.organization = Organization();
    request.labels = SomeLabels(3);
    for (std::size_t n = Below(3); n > 0; --n) request.capabilities.insert(Capability());
    for (const FleetRunner& runner : fleet) {
      if (Below(5) == 0) request.excluded.insert(runner.id);
    }
    if (Below(4) == 0) request.excluded.insert(NewId());
    return request;
  }

  std::string NewId() {
    std::string id = "00000000-0000-4000-8000-000000000000";
    for (std::size_t i = 0; i < id.size(); ++i) {
      if (id[i] == '0') id[i] = "0123456789abcdef"[Below(16)];
    }
    return id;
  }

 private:
  std::size_t Below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }

  std::string Organization() {
    return "10000000-0000-4000-8000-00000000000" + std::to_string(Below(3));
  }

  std::map<std::string, std::string> SomeLabels(std::size_t most) {
    static const std::vector<std::string> keys = {"region", "Region", "zone", "a\"b", "k,{}'"};
    static const std::vector<std::string> values = {"", "eu", "EU", "eu ", "\\", "日本", "null"};
    std::map<std::string, std::string> labels;
    for (std::size_t n = Below(most); n > 0; --n) {
      labels[keys[Below(keys.size())]] = values[Below(values.size())];
    }
    return labels;
  }

  std::string Capability() {
    static const std::vector<std::string> names = {"docker", "gpu", "GPU", "a,b", "\"q\"", "{}"};
    return names[Below(names.size())];
  }

  std::mt19937 random_;
};

}  // namespace brute_force
