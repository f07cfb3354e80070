#include "tests/contract/transcripts/answer_comparer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace runners::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

json Service(const std::string& id, const std::string& name) {
  return {{"_links", {{"self", {{"href", "./services/" + id}}}}},
          {"id", id},
          {"name", name},
          {"createdAt", "2026-11-22T09:44:16.138Z"},
          {"config", nullptr},
          {"maxIdleTimeMillis", 0},
          {"encryptionRequired", true},
          {"roleAttributes", {"runner-services"}}};
}

json WithId(const std::string& id) {
  return json::object({{"id", id}});
}

json Detail(const json& data) {
  return json::object({{"data", data}});
}

json List(const std::vector<json>& rows, int total) {
  return {{"data", rows},
          {"meta",
           {{"filterableFields", {"id", "name"}},
            {"pagination", {{"limit", 10}, {"offset", 0}, {"totalCount", total}}}}}};
}

json Refusal(const std::string& code) {
  return {{"error",
           {{"code", code},
            {"requestId", "abc"},
            {"cause", {{"field", "name"}, {"reason", "name must be unique"}, {"value", "x"}}}}}};
}

class AnswerComparer : public ::testing::Test {
 protected:
  Differences Compare(const json& recorded, const json& replayed) {
    return CompareAnswer({200, recorded, ""}, 200, replayed.dump(), bindings_);
  }

  // Of a detail of the recorded service "aaa" with one thing in the replay's changed.
  Differences CompareService(const json& patch) {
    json replayed = Service("zzz", "one");
    replayed.merge_patch(patch);
    return Compare(Detail(Service("aaa", "one")), Detail(replayed));
  }

  Bindings bindings_;
};

TEST_F(AnswerComparer, SameAnswerWithOtherIdsAndInstantsIsNoDifference) {
  EXPECT_THAT(CompareService({{"createdAt", "2027-01-01T00:00:00.000Z"}}), IsEmpty());
  EXPECT_EQ(bindings_.Translate("aaa"), "zzz");
}

TEST_F(AnswerComparer, OtherStatusIsFound) {
  const Differences found =
      CompareAnswer({400, Refusal("NOT_FOUND"), ""}, 404, Refusal("NOT_FOUND").dump(), bindings_);

  EXPECT_THAT(found, ElementsAre(Difference{"status", "400", "404"}));
}

TEST_F(AnswerComparer, OtherCodeIsFound) {
  EXPECT_THAT(Compare(Refusal("COULD_NOT_VALIDATE"), Refusal("NOT_FOUND")),
              ElementsAre(Difference{"error.code", "\"COULD_NOT_VALIDATE\"", "\"NOT_FOUND\""}));
}

TEST_F(AnswerComparer, OtherCauseIsFound) {
  json replayed = Refusal("COULD_NOT_VALIDATE");
  replayed["error"]["cause"] = {{"code", "UNHANDLED"}, {"message", "name must be unique"}};

  EXPECT_THAT(Compare(Refusal("COULD_NOT_VALIDATE"), replayed),
              UnorderedElementsAre(Field(&Difference::path, "error.cause.field"),
                                   Field(&Difference::path, "error.cause.reason"),
                                   Field(&Difference::path, "error.cause.value"),
                                   Field(&Difference::path, "error.cause.code"),
                                   Field(&Difference::path, "error.cause.message")));
}

TEST_F(AnswerComparer, OtherRequestIdIsNoDifferenceButNoneIs) {
  json replayed = Refusal("NOT_FOUND");
  replayed["error"]["requestId"] = "xyz";
  EXPECT_THAT(Compare(Refusal("NOT_FOUND"), replayed), IsEmpty());

  replayed["error"]["requestId"] = "";
  EXPECT_THAT(Compare(Refusal("NOT_FOUND"), replayed),
              ElementsAre(Difference{"error.requestId", "(a text)", "\"\""}));
}

TEST_F(AnswerComparer, MissingKeyIsFound) {
  json replayed = Service("zzz", "one");
  replayed.erase("encryptionRequired");

  EXPECT_THAT(Compare(Detail(Service("aaa", "one")), Detail(replayed)),
              ElementsAre(Difference{"data.encryptionRequired", "true", "(nothing)"}));
}

TEST_F(AnswerComparer, ExtraKeyIsFound) {
  EXPECT_THAT(CompareService({{"more", 1}}),
              ElementsAre(Difference{"data.more", "(nothing)", "1"}));
}

TEST_F(AnswerComparer, OtherTypeIsFound) {
  EXPECT_THAT(CompareService({{"maxIdleTimeMillis", "0"}}),
              ElementsAre(Difference{"data.maxIdleTimeMillis", "0", "\"0\""}));
  EXPECT_THAT(CompareService({{"maxIdleTimeMillis", 0.0}}),
              ElementsAre(Difference{"data.maxIdleTimeMillis", "0", "0.0"}));
}

TEST_F(AnswerComparer, SomethingForNullIsFound) {
  EXPECT_THAT(CompareService({{"config", json::object()}}),
              ElementsAre(Difference{"data.config", "null", "{}"}));
}

TEST_F(AnswerComparer, OtherValueIsFound) {
  EXPECT_THAT(CompareService({{"name", "two"}}),
              ElementsAre(Difference{"data.name", "\"one\"", "\"two\""}));
  EXPECT_THAT(
      CompareService({{"roleAttributes", {"runners"}}}),
      ElementsAre(Difference{"data.roleAttributes[0]", "\"runner-services\"", "\"runners\""}));
}

TEST_F(AnswerComparer, OtherLengthOfAListIsFound) {
  EXPECT_THAT(CompareService({{"roleAttributes", {"runner-services", "x"}}}),
              ElementsAre(Difference{"data.roleAttributes", "(1 elements)", "(2 elements)"}));
}

TEST_F(AnswerComparer, InstantInAnotherFormIsFound) {
  EXPECT_THAT(CompareService({{"createdAt", "2027-01-01T00:00:00Z"}}),
              ElementsAre(Difference{"data.createdAt", "(an instant with milliseconds)",
                                     "\"2027-01-01T00:00:00Z\""}));
}

TEST_F(AnswerComparer, LinkToAnotherObjectIsFound) {
  EXPECT_THAT(
      CompareService({{"_links", {{"self", {{"href", "./services/yyy"}}}}}}),
      ElementsAre(Difference{"data._links.self.href", "\"./services/zzz\"", "\"./services/yyy\""}));
}

TEST_F(AnswerComparer, IdThatChangesBetweenAnswersIsFound) {
  bindings_.Bind("aaa", "zzz");

  EXPECT_THAT(Compare(Detail(WithId("aaa")), Detail(WithId("yyy"))),
              ElementsAre(Difference{"data.id", "\"zzz\"", "\"yyy\""}));
}

TEST_F(AnswerComparer, OneIdForTwoObjectsIsFound) {
  bindings_.Bind("aaa", "zzz");

  EXPECT_THAT(Compare(Detail(WithId("bbb")), Detail(WithId("zzz"))),
              ElementsAre(Difference{"data.id", "\"bbb\"", "\"zzz\""}));
}

TEST_F(AnswerComparer, WellKnownIdMayNotDiffer) {
  EXPECT_THAT(Compare(Detail(WithId("Default")), Detail(WithId("Device"))),
              ElementsAre(Difference{"data.id", "\"Default\"", "\"Device\""}));
}

TEST_F(AnswerComparer, RowsAreMatchedByIdOrName) {
  bindings_.Bind("aaa", "zzz");

  EXPECT_THAT(Compare(List({Service("aaa", "one"), Service("bbb", "two")}, 2),
                      List({Service("yyy", "two"), Service("zzz", "one")}, 2)),
              IsEmpty());
  EXPECT_EQ(bindings_.Translate("bbb"), "yyy");
}

TEST_F(AnswerComparer, RowsOutOfOrderAreFound) {
  EXPECT_THAT(Compare(List({Service("aaa", "one"), Service("bbb", "two")}, 2),
                      List({Service("zzz", "two"), Service("yyy", "one")}, 2)),
              ElementsAre(Field(&Difference::expected, "(rows in order of their ids)")));
}

TEST_F(AnswerComparer, MissingRowIsFound) {
  EXPECT_THAT(
      Compare(List({Service("aaa", "one"), Service("bbb", "two")}, 2),
              List({Service("yyy", "two")}, 2)),
      ElementsAre(AllOf(Field(&Difference::path, "data[0]"), Field(&Difference::got, "null"))));
}

TEST_F(AnswerComparer, RowTooManyIsFound) {
  EXPECT_THAT(Compare(List({Service("bbb", "two")}, 1),
                      List({Service("yyy", "one"), Service("zzz", "two")}, 1)),
              ElementsAre(Difference{"data", "(1 elements)", "(2 elements)"}));
}

TEST_F(AnswerComparer, OtherPaginationIsFound) {
  EXPECT_THAT(Compare(List({Service("aaa", "one")}, 1), List({Service("zzz", "one")}, 3)),
              ElementsAre(Difference{"meta.pagination.totalCount", "1", "3"}));
}

TEST_F(AnswerComparer, PartialPageMayHoldAnotherRowButOfTheSameShape) {
  const json recorded = List({Service("aaa", "one")}, 2);
  json other = Service("yyy", "two");
  EXPECT_THAT(Compare(recorded, List({other}, 2)), IsEmpty());

  other["config"] = json::object();
  EXPECT_THAT(Compare(recorded, List({other}, 2)),
              ElementsAre(Difference{"data[0].config", "null", "{}"}));
  EXPECT_EQ(bindings_.Find("aaa"), nullptr);
}

TEST_F(AnswerComparer, FilterableFieldsComeInAnyOrderButAllOfThem) {
  json replayed = List({}, 0);
  replayed["meta"]["filterableFields"] = {"name", "id"};
  EXPECT_THAT(Compare(List({}, 0), replayed), IsEmpty());

  replayed["meta"]["filterableFields"] = {"name", "tags"};
  EXPECT_THAT(Compare(List({}, 0), replayed),
              ElementsAre(Difference{"meta.filterableFields", R"(["id","name"] in any order)",
                                     R"(["name","tags"])"}));
}

TEST_F(AnswerComparer, BodyThatIsNoJsonIsFound) {
  EXPECT_THAT(CompareAnswer({200, json::object(), ""}, 200, "<html>", bindings_),
              ElementsAre(Difference{"body", "(JSON)", "\"<html>\""}));
}

TEST_F(AnswerComparer, AnswerThatIsNoListIsFound) {
  EXPECT_THAT(Compare(List({Service("aaa", "one")}, 2), json::array()),
              ElementsAre(Field(&Difference::got, "[]")));
  EXPECT_THAT(Compare(json::object({{"data", json::array()}}), Detail(json::object())),
              ElementsAre(Difference{"data", "[]", "{}"}));
}

TEST_F(AnswerComparer, AllDifferencesAreToldAtOnce) {
  EXPECT_THAT(CompareService({{"name", "two"}, {"more", 1}, {"maxIdleTimeMillis", nullptr}}),
              UnorderedElementsAre(Field(&Difference::path, "data.name"),
                                   Field(&Difference::path, "data.more"),
                                   Field(&Difference::path, "data.maxIdleTimeMillis")));
}

}  // namespace
}  // namespace runners::testing
