package dev.interlock.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Policies made by chance: of all parts of a match, and of expressions over all that one can name. None of
/// them reads what is there in the cluster only (`docs/pipeline.md`).
final class ChosenPolicies {
    /// By the id of the check. Each is false, or has no value, for some of what it is asked about.
    static final Map<String, String> EXPRESSIONS = Map.ofEntries(
            Map.entry("non-root", "workload.template.spec.?securityContext.?runAsNonRoot.orValue(false) == true"),
            Map.entry("pinned", "workload.images.all(i, i.digest != '')"),
            Map.entry("ours", "workload.images.all(i, i.valid && i.registry == 'registry.example.com')"),
            Map.entry("kinds", "workload.kind in ['Deployment', 'Pod', 'Job', 'CronJob']"),
            Map.entry("no-init", "workload.containers.filter(c, c.sort != 'container').size() == 0"),
            Map.entry("no-volumes", "workload.volumes.all(v, v.name.startsWith('kube-api-access-'))"),
            Map.entry(
                    "drops",
                    "workload.containers.all(c, c.?securityContext.?capabilities.?drop.orValue([]) == ['ALL'])"),
            Map.entry("tier", "object.metadata.?labels.?tier.orValue('') == 'web'"),
            Map.entry("labelled", "'tier' in object.metadata.labels"),
            Map.entry("first-image", "object.spec.template.spec.containers[0].image.startsWith('registry')"),
            Map.entry("no-number", "object.metadata.name > 3"),
            Map.entry("created", "request.operation == 'CREATE' && oldObject == null"),
            Map.entry("labels-stay", "oldObject == null || object.metadata.?labels == oldObject.metadata.?labels"),
            Map.entry("first-half", "request.namespace.matches('chosen-[0-4]$')"),
            Map.entry("resource", "request.resource.resource.size() <= 6 && request.kind.kind == object.kind"),
            Map.entry("even", "namespaceObject.metadata.labels.?team.orValue('') == 'even'"),
            Map.entry("no-such-label", "namespaceObject.metadata.labels['nowhere'] == ''"),
            Map.entry("claimed", "service == 'chosen-service'"),
            Map.entry("owned", "owner.team != '' && owner.contact.startsWith('#')"),
            Map.entry("composed", "variables.elsewhere.size() == 0"),
            Map.entry("failing", "variables.broken"),
            Map.entry("tags", "workload.images.map(i, i.tag).filter(t, t != '').all(t, t.find('^[0-9.]+$') != '')"),
            Map.entry("quantities", "quantity('1Gi').isGreaterThan(quantity('1G')) && object.kind != 'Pod'"),
            Map.entry("sorted", "workload.images.map(i, i.reference).isSorted()"));

    private static final List<String> CONDITIONS = List.of(
            "object.kind != 'DaemonSet'",
            "request.userInfo.username == 'admin' && 'system:masters' in request.userInfo.groups",
            "request.userInfo.username != 'admin'",
            "!request.dryRun || request.subResource == ''",
            "namespaceObject.metadata.labels.?team.orValue('') == 'odd'",
            "workload.images.exists(i, i.registry == 'docker.io')",
            "object.metadata.labels.tier == 'web'",
            "service != 'chosen-service'",
            "owner.team == ''",
            "oldObject != null",
            "request.operation == 'UPDATE' || object.metadata.name.endsWith('0')");

    private static final List<String> RESOURCES = List.of(
            "pods",
            "replicationcontrollers",
            "deployments.apps",
            "replicasets.apps",
            "statefulsets.apps",
            "daemonsets.apps",
            "jobs.batch",
            "cronjobs.batch",
            "services.v1",
            "configmaps.v1",
            "networkpolicies.v1.networking.k8s.io");

    private static final List<String> OPERATORS = List.of("In", "NotIn", "Exists", "DoesNotExist");

    private static final List<List<String>> OPERATIONS =
            List.of(List.of("CREATE"), List.of("UPDATE"), List.of("CREATE", "UPDATE"));

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Random random;

    ChosenPolicies(Random random) {
        this.random = random;
    }

    private boolean oneOf(int many) {
        return random.nextInt(many) == 0;
    }

    private <T> List<T> some(List<T> all, int most) {
        List<T> mixed = new ArrayList<>(all);
        Collections.shuffle(mixed, random);
        return mixed.subList(0, 1 + random.nextInt(most));
    }

    ObjectNode policy(String name, String stage) {
        ObjectNode policy = JSON.createObjectNode()
                .put("apiVersion", "interlock.dev/v1alpha1")
                .put("kind", "PromotionPolicy");
        policy.putObject("metadata").put("name", name).putObject("labels").put("agreement", "chosen");
        ObjectNode spec = policy.putObject("spec").put("mode", "Enforce").put("onUndecided", "Deny");
        spec.putObject("owner").put("team", "platform");
        match(spec.putObject("match"), stage);
        ArrayNode variables = spec.putArray("variables");
        variables
                .addObject()
                .put("name", "images")
                .put("expression", "workload.images.map(i, i.registry + '/' + i.repository)");
        variables
                .addObject()
                .put("name", "elsewhere")
                .put("expression", "variables.images.filter(i, !i.startsWith('registry.example.com/shop'))");
        variables.addObject().put("name", "broken").put("expression", "object.spec.nowhere == 1");
        ArrayNode checks = spec.putArray("checks");
        some(new ArrayList<>(new TreeMap<>(EXPRESSIONS).keySet()), 6).forEach(id -> check(checks.addObject(), id));
        return policy;
    }

    private void match(ObjectNode match, String stage) {
        match.putArray("stages").add(stage);
        if (oneOf(3)) {
            some(RESOURCES, 6).forEach(match.putArray("resources")::add);
        }
        if (oneOf(3)) {
            some(OPERATIONS, 1).getFirst().forEach(match.putArray("operations")::add);
        }
        if (oneOf(3)) {
            selector(match.putObject("namespaceSelector"), "team", "even");
        }
        if (oneOf(3)) {
            selector(match.putObject("objectSelector"), "tier", "web");
        }
        if (oneOf(2)) {
            ArrayNode conditions = match.putArray("conditions");
            some(CONDITIONS, 2)
                    .forEach(expression -> conditions
                            .addObject()
                            .put("name", "condition-" + conditions.size())
                            .put("expression", expression));
        }
    }

    private void selector(ObjectNode selector, String key, String value) {
        if (oneOf(4)) {
            selector.putObject("matchLabels").put(key, value);
            return;
        }
        String operator = some(OPERATORS, 1).getFirst();
        ObjectNode requirement = selector.putArray("matchExpressions")
                .addObject()
                .put("key", key)
                .put("operator", operator);
        if (operator.endsWith("In")) {
            requirement.putArray("values").add(value);
        }
    }

    private void check(ObjectNode check, String id) {
        check.put("id", id).put("expression", EXPRESSIONS.get(id));
        if (oneOf(4)) {
            check.put("mode", oneOf(2) ? "Warn" : "Audit");
        }
        if (oneOf(3)) {
            check.put("message", "not as " + id + " asks");
        }
        if (oneOf(2)) {
            check.put(
                    "messageExpression",
                    "request.operation + ' of ' + object.metadata.name + ' by ' + request.userInfo.username + ': '"
                            + " + variables.elsewhere.join(', ') + ' for ' + service + owner.contact");
        }
    }
}
