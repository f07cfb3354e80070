#include <gmock/gmock.h>

#include "core/model/runner_rules.h"
#include "tests/integration/postgres/store_fixture.h"

namespace runners::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Names(const std::vector<Runner>& runners) {
  std::vector<std::string> names;
  for (const Runner& runner : runners) names.push_back(runner.name);
  return names;
}

RunnerQuery Everything() {
  RunnerQuery query;
  query.visibility.everything = true;
  return query;
}

TEST(RunnerStore, RegisteredRunnerComesBackExactly) {
  Stores stores;
  NewRunner description = stores.Described("it's \"quoted\", \\ and ünïcödé ☃");
  description.organization_id = kAcme;
  description.labels = {
      {"a,b", "c{d}'e\"f\\g"}, {"ключ", "значение 🚀"}, {"empty", ""}, {"%_", "NULL"}};
  description.capabilities = {"z", "a", "z", "with,comma", "with\"quote", "back\\slash", "{}"};

  const absl::StatusOr<Runner> made = stores.runners.Register(stores.call(), description);

  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->id, description.id);
  EXPECT_EQ(made->name, description.name);
  EXPECT_EQ(made->organization_id, kAcme);
  EXPECT_EQ(made->status, RunnerStatus::kPending);
  EXPECT_EQ(made->labels, description.labels);
  EXPECT_EQ(made->capabilities, description.capabilities);
  EXPECT_EQ(made->created_at, made->updated_at);
  EXPECT_LT(absl::AbsDuration(absl::Now() - made->created_at), absl::Minutes(1));
  EXPECT_EQ(stores.runners.Get(stores.call(), description.id).value(), *made);
}

TEST(RunnerStore, RegisterQueuesServiceAndGrantsMembership) {
  Stores stores;
  NewRunner description = stores.Described("scoped");
  description.organization_id = kAcme;

  const Runner runner = stores.Registered(description);

  EXPECT_EQ(stores.Queued(runner.id), "ensure_runner 0");
  const IdentityId self = IdentityId::Parse(runner.id.text()).value();
  const CallerAccess access = stores.access.AccessOf(stores.call(), self).value();
  EXPECT_THAT(access.member_of, ElementsAre(kAcme));
}

TEST(RunnerStore, ClusterScopedRunnerHasNoGrant) {
  Stores stores;

  stores.Registered("cluster");

  EXPECT_EQ(stores.rig.Value("SELECT count(*) FROM grants"), "0");
}

TEST(RunnerStore, UnknownRunnerIsNothing) {
  Stores stores;

  EXPECT_EQ(stores.runners.Get(stores.call(), stores.Described("x").id).value(), std::nullopt);
}

TEST(RunnerStore, PagesAreFullAndCompleteWithEqualTimestamps) {
  Stores stores;
  std::set<std::string> expected;
  for (int i = 0; i < 23; ++i) expected.insert(stores.Registered("r" + std::to_string(i)).name);
  stores.rig.Query("UPDATE runners SET created_at = '2026-01-02 03:04:05.678901+00'");

  std::set<std::string> seen;
  RunnerQuery query = Everything();
  query.limit = 5;
  std::vector<std::size_t> sizes;
  while (true) {
    const std::vector<Runner> page = stores.runners.List(stores.call(), query).value();
    if (page.empty()) break;
    sizes.push_back(page.size());
    for (const Runner& runner : page) EXPECT_TRUE(seen.insert(runner.name).second) << runner.name;
    query.after = RunnerCursor{page.back().created_at, page.back().id};
  }

  EXPECT_EQ(seen, expected);
  EXPECT_THAT(sizes, ElementsAre(5, 5, 5, 5, 3));
}

TEST(RunnerStore, ListIsOrderedByCreationToTheMicrosecond) {
  Stores stores;
  const Runner second = stores.Registered("second");
  const Runner first = stores.Registered("first");
  stores.rig.Query("UPDATE runners SET created_at = '2026-01-02 03:04:05.000002+00' WHERE id = '" +
                   second.id.text() + "'");
  stores.rig.Query("UPDATE runners SET created_at = '2026-01-02 03:04:05.000001+00' WHERE id = '" +
                   first.id.text() + "'");

  const std::vector<Runner> all = stores.runners.List(stores.call(), Everything()).value();
  RunnerQuery rest = Everything();
  rest.after = RunnerCursor{all[0].created_at, all[0].id};

  EXPECT_THAT(Names(all), ElementsAre("first", "second"));
  EXPECT_EQ(all[1].created_at - all[0].created_at, absl::Microseconds(1));
  EXPECT_THAT(Names(stores.runners.List(stores.call(), rest).value()), ElementsAre("second"));
}

TEST(RunnerStore, ListShowsOnlyWhatIsVisible) {
  Stores stores;
  for (const auto& [name, organization] :
       std::vector<std::pair<std::string, std::optional<OrganizationId>>>{
           {"cluster", std::nullopt}, {"acme", kAcme}, {"globex", kGlobex}}) {
    NewRunner description = stores.Described(name);
    description.organization_id = organization;
    stores.Registered(description);
  }
  RunnerQuery nobody;
  RunnerQuery member;
  member.visibility.organizations = {kAcme};
  RunnerQuery organization = Everything();
  organization.organization_id = kGlobex;
  RunnerQuery foreign = member;
  foreign.organization_id = kGlobex;

  const Call call = stores.call();
  EXPECT_THAT(Names(stores.runners.List(call, nobody).value()), ElementsAre("cluster"));
  EXPECT_THAT(Names(stores.runners.List(call, member).value()), ElementsAre("cluster", "acme"));
  EXPECT_THAT(Names(stores.runners.List(call, organization).value()),
              ElementsAre("cluster", "globex"));
  EXPECT_THAT(Names(stores.runners.List(call, foreign).value()), ElementsAre("cluster"));
}

TEST(RunnerStore, ListFiltersByEverythingAtOnce) {
  Stores stores;
  const auto add = [&](const std::string& name, Labels labels, std::vector<std::string> caps) {
    NewRunner description = stores.Described(name);
    description.labels = std::move(labels);
    description.capabilities = std::move(caps);
    return stores.Registered(description);
  };
  stores.Enrolled(add("gpu-1", {{"region", "eu"}, {"note", ""}}, {"gpu", "docker"}).id);
  add("gpu-2", {{"region", "eu"}}, {"gpu"});
  add("GPU-3", {{"region", "us"}}, {"docker"});
  const auto list = [&](auto narrow) {
    RunnerQuery query = Everything();
    narrow(query);
    return Names(stores.runners.List(stores.call(), query).value());
  };

  EXPECT_THAT(list([](RunnerQuery& q) {
                q.labels = {{"region", "eu"}};
              }),
              ElementsAre("gpu-1", "gpu-2"));
  EXPECT_THAT(list([](RunnerQuery& q) { q.labels = {{"note", ""}}; }), ElementsAre("gpu-1"));
  EXPECT_THAT(list([](RunnerQuery& q) { q.labels = {{"absent", ""}}; }), IsEmpty());
  EXPECT_THAT(list([](RunnerQuery& q) { q.capabilities = {"docker"}; }),
              ElementsAre("gpu-1", "GPU-3"));
  EXPECT_THAT(list([](RunnerQuery& q) { q.name_prefix = "gpu-"; }), ElementsAre("gpu-1", "gpu-2"));
  EXPECT_THAT(list([](RunnerQuery& q) { q.name_prefix = "gpu_"; }), IsEmpty());
  EXPECT_THAT(list([](RunnerQuery& q) { q.statuses = {RunnerStatus::kEnrolled}; }),
              ElementsAre("gpu-1"));
  EXPECT_THAT(list([](RunnerQuery& q) {
                q.labels = {{"region", "eu"}};
                q.capabilities = {"gpu"};
                q.statuses = {RunnerStatus::kPending, RunnerStatus::kOffline};
                q.name_prefix = "g";
              }),
              ElementsAre("gpu-2"));
}

TEST(RunnerStore, EditMovesEtagAndKeepsTheRest) {
  Stores stores;
  NewRunner description = stores.Described("old");
  description.labels = {{"k", "v"}};
  description.capabilities = {"c"};
  const Runner before = stores.Registered(description);
  RunnerEdit edit{before.id, "new", std::nullopt, std::nullopt, before.etag};

  const absl::StatusOr<Runner> after = stores.runners.Update(stores.call(), edit);

  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->name, "new");
  EXPECT_EQ(after->labels, before.labels);
  EXPECT_EQ(after->capabilities, before.capabilities);
  EXPECT_NE(after->etag, before.etag);
  EXPECT_GT(after->updated_at, before.updated_at);
  EXPECT_EQ(after->created_at, before.created_at);
  EXPECT_EQ(stores.runners.Get(stores.call(), before.id).value(), *after);
}

TEST(RunnerStore, EditCanClearLabelsAndCapabilities) {
  Stores stores;
  NewRunner description = stores.Described("r");
  description.labels = {{"k", "v"}};
  description.capabilities = {"c"};
  const RunnerId id = stores.Registered(description).id;

  const Runner after =
      stores.runners
          .Update(stores.call(), {id, std::nullopt, Labels{}, std::vector<std::string>{}, {}})
          .value();

  EXPECT_THAT(after.labels, IsEmpty());
  EXPECT_THAT(after.capabilities, IsEmpty());
}

TEST(RunnerStore, EditThatChangesNothingLeavesNoTrace) {
  Stores stores;
  const Runner before = stores.Registered("same");
  const std::string trace = "SELECT version || ' ' || (SELECT count(*) FROM audit) FROM runners";
  const std::string trace_before = stores.rig.Value(trace);

  const Runner after =
      stores.runners.Update(stores.call(), {before.id, "same", Labels{}, std::nullopt, {}}).value();

  EXPECT_EQ(after, before);
  EXPECT_EQ(stores.rig.Value(trace), trace_before);
}

TEST(RunnerStore, StaleEtagChangesNothing) {
  Stores stores;
  const Runner before = stores.Registered("r");
  const Runner edited =
      stores.runners.Update(stores.call(), {before.id, "edited", {}, {}, {}}).value();

  EXPECT_TRUE(
      Fails(stores.runners.Update(stores.call(), {before.id, "lost", {}, {}, before.etag}).status(),
            ErrorReason::kEtagMismatch));
  EXPECT_TRUE(Fails(stores.runners.Delete(stores.call(), before.id, before.etag),
                    ErrorReason::kEtagMismatch));
  EXPECT_EQ(stores.runners.Get(stores.call(), before.id).value(), edited);
}

TEST(RunnerStore, EtagIsOfEditsOnly) {
  Stores stores;
  const Runner before = stores.Registered("r");

  const Runner enrolled = stores.Enrolled(before.id);

  EXPECT_EQ(enrolled.status, RunnerStatus::kEnrolled);
  EXPECT_EQ(enrolled.etag, before.etag);
  EXPECT_GT(std::stoll(stores.rig.Value("SELECT version FROM runners")), 1);
}

TEST(RunnerStore, AttributesAreBoundedTogether) {
  Stores stores;
  NewRunner description = stores.Described("r");
  for (int i = 0; i < 15; ++i)
    description.labels["key" + std::to_string(i)] = std::string(1024, '"');
  const Runner before = stores.Registered(description);
  const std::vector<std::string> too_much(64, std::string(250, 'c'));

  const absl::Status refused =
      stores.runners.Update(stores.call(), {before.id, {}, {}, too_much, {}}).status();

  EXPECT_TRUE(Fails(refused, ErrorReason::kInvalidArgument));
  EXPECT_EQ(stores.runners.Get(stores.call(), before.id).value(), before);
}

TEST(RunnerStore, DatabaseAcceptsWhatTheBoundAllowsAndNoByteMore) {
  Stores stores;
  NewRunner most = stores.Described("r");
  most.capabilities.assign(63, std::string(253, '\\'));
  most.capabilities.push_back(std::string(kMaxAttributeBytes - 63 * 253 - 3, '"'));
  most.labels = {{"ключ", ""}};  // eight bytes, four characters
  most.capabilities.back().resize(kMaxAttributeBytes - 63 * 253 - 8);
  ASSERT_EQ(AttributeBytes(most.labels, most.capabilities), kMaxAttributeBytes);
  NewRunner over = most;
  over.id = stores.Described("x").id;
  over.capabilities.back() += "x";

  EXPECT_TRUE(stores.runners.Register(stores.call(), most).ok());
  EXPECT_TRUE(Fails(stores.runners.Register(stores.call(), over).status(), ErrorReason::kInternal));
}

TEST(RunnerStore, DeletedRunnerIsGoneForEveryMethod) {
  Stores stores;
  NewRunner description = stores.Described("r");
  description.organization_id = kAcme;
  const Runner runner = stores.Registered(description);

  ASSERT_TRUE(stores.runners.Delete(stores.call(), runner.id, runner.etag).ok());

  const Call call = stores.call();
  EXPECT_EQ(stores.runners.Get(call, runner.id).value(), std::nullopt);
  EXPECT_THAT(stores.runners.List(call, Everything()).value(), IsEmpty());
  EXPECT_EQ(stores.runners.FindByToken(call, stores.DigestOf(runner.id)).value(), std::nullopt);
  EXPECT_TRUE(Fails(stores.runners.Update(call, {runner.id, "n", {}, {}, {}}).status(),
                    ErrorReason::kRunnerNotFound));
  EXPECT_TRUE(
      Fails(stores.runners.Delete(call, runner.id, std::nullopt), ErrorReason::kRunnerNotFound));
  EXPECT_TRUE(Fails(
      stores.enrollment
          .Begin(call, stores.DigestOf(runner.id), stores.rig.entropy().NewUuid(), absl::Minutes(1))
          .status(),
      ErrorReason::kServiceTokenNotFound));
}

TEST(RunnerStore, DeleteLeavesATombstoneAndQueuesRemoval) {
  Stores stores;
  NewRunner description = stores.Described("r");
  description.organization_id = kAcme;
  const Runner runner = stores.Registered(description);

  ASSERT_TRUE(stores.runners.Delete(stores.call(), runner.id, std::nullopt).ok());

  EXPECT_EQ(stores.rig.Value("SELECT deleted_by FROM runners WHERE deleted_at IS NOT NULL"),
            kAlice.text());
  EXPECT_EQ(stores.rig.Value("SELECT count(*) FROM service_tokens WHERE revoked_at IS NULL"), "0");
  EXPECT_EQ(stores.rig.Value("SELECT count(*) FROM grants"), "0");
  EXPECT_EQ(stores.Queued(runner.id), "ensure_runner 0, remove_runner 0");
}

TEST(RunnerStore, OnlyALiveTokenFindsItsRunner) {
  Stores stores;
  const Runner runner = stores.Registered("r");
  const Sha256Digest digest = stores.DigestOf(runner.id);
  const Call call = stores.call();

  EXPECT_EQ(stores.runners.FindByToken(call, digest).value(), runner);
  EXPECT_EQ(stores.runners.FindByToken(call, Sha256Digest{}).value(), std::nullopt);
  stores.rig.Query("UPDATE service_tokens SET expires_at = now() - interval '1 second'");
  EXPECT_EQ(stores.runners.FindByToken(call, digest).value(), std::nullopt);
  stores.rig.Query("UPDATE service_tokens SET expires_at = NULL, revoked_at = now()");
  EXPECT_EQ(stores.runners.FindByToken(call, digest).value(), std::nullopt);
}

}  // namespace
}  // namespace runners::testing
