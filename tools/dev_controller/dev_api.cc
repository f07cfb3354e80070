#include "tools/dev_controller/dev_api.h"

#include "tools/dev_controller/body.h"
#include "tools/dev_controller/envelope.h"
#include "tools/dev_controller/routers.h"
#include "tools/dev_controller/routes.h"
#include "tools/dev_controller/terminators.h"

namespace dev_controller {

using nlohmann::json;

Answer DevApi::Serve(const Call& call) {
  const std::vector<std::string> path = Segments(call.path, kDevPath);
  const Actor actor = sessions_.Require(call);
  if (!actor.identity.value("isAdmin", false)) throw Unauthorized();
  if (path.size() == 1) return ServeCollection(call, path[0], actor);
  if (path.size() == 2) return ServeRow(call, path[0], path[1]);
  NoSuchPath(call);
}

Answer DevApi::ServeCollection(const Call& call, const std::string& collection,
                               const Actor& actor) {
  const auto done = [](auto action) {
    return [action] {
      action();
      return EmptyAnswer();
    };
  };
  if (collection == "record") {
    return Dispatch(call, {{"GET", [&] { return DataAnswer(record_.ToJson()); }},
                           {"DELETE", done([&] { record_.Clear(); })}});
  }
  if (collection == "faults") {
    return Dispatch(call, {{"GET", [&] { return DataAnswer(faults_.ToJson()); }},
                           {"POST", [&] { return AddFault(call); }},
                           {"DELETE", done([&] { faults_.Clear(); })}});
  }
  if (collection == "terminators")
    return Dispatch(call, {{"POST", [&] { return AddTerminator(call); }}});
  if (collection == "routers") return Dispatch(call, {{"POST", [&] { return AddRouter(call); }}});
  if (collection == "sessions") {
    return Dispatch(call, {{"DELETE", done([&] { sessions_.EndOthers(actor.session_id); })}});
  }
  NoSuchPath(call);
}

Answer DevApi::ServeRow(const Call& call, const std::string& collection, const std::string& id) {
  if (collection == "terminators")
    return Dispatch(call, {{"DELETE", [&] { return Terminators(world_).Delete(id); }}});
  if (collection == "routers") {
    return Dispatch(call, {{"PATCH", [&] { return ChangeRouter(call, id); }},
                           {"DELETE", [&] { return Routers(world_).Delete(id); }}});
  }
  if (collection == "listeners" && (id == "management" || id == "client"))
    return Dispatch(call, {{"PATCH", [&] { return ChangeListener(call, id); }}});
  NoSuchPath(call);
}

Answer DevApi::AddFault(const Call& call) {
  const Faults::Added added = faults_.Add(ParsedBody(call, "fault"));
  if (!added.objection.empty()) throw InvalidDocument(added.objection);
  return CreatedAnswer("faults", added.id);
}

Answer DevApi::AddTerminator(const Call& call) {
  const json body = ParsedBody(call, "terminator");
  RequireFields(body, {"identity", "service"});
  return CreatedAnswer("terminators", Terminators(world_).Host(TextField(body, "identity"),
                                                               TextField(body, "service"),
                                                               TextField(body, "router")));
}

Answer DevApi::AddRouter(const Call& call) {
  const json body = ParsedBody(call, "router");
  RequireFields(body, {"name"});
  return CreatedAnswer("routers", Routers(world_).Add(TextField(body, "name")));
}

Answer DevApi::ChangeRouter(const Call& call, const std::string& id) {
  const json body = ParsedBody(call, "router");
  RequireFields(body, {"isOnline"});
  Routers(world_).SetOnline(id, BoolField(body, "isOnline", true));
  return EmptyAnswer();
}

Answer DevApi::ChangeListener(const Call& call, const std::string& name) {
  const json body = ParsedBody(call, "listener");
  RequireFields(body, {"certificate"});
  RequireOneOf(body, "certificate", {"own", "foreign"});
  show_foreign_(name, TextField(body, "certificate") == "foreign");
  return EmptyAnswer();
}

}  // namespace dev_controller
