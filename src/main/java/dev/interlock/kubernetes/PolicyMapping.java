package dev.interlock.kubernetes;

import static dev.interlock.kubernetes.SpecReader.items;
import static dev.interlock.kubernetes.SpecReader.required;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.interlock.api.v1alpha1.CheckSpec;
import dev.interlock.api.v1alpha1.DigestRule;
import dev.interlock.api.v1alpha1.ImagesSpec;
import dev.interlock.api.v1alpha1.MatchSpec;
import dev.interlock.api.v1alpha1.ModeName;
import dev.interlock.api.v1alpha1.NamedExpressionSpec;
import dev.interlock.api.v1alpha1.OnUndecidedName;
import dev.interlock.api.v1alpha1.OperationName;
import dev.interlock.api.v1alpha1.PodSecuritySpec;
import dev.interlock.api.v1alpha1.PromotionPolicySpec;
import dev.interlock.api.v1alpha1.SelectorSpec;
import dev.interlock.api.v1alpha1.StabilitySpec;
import dev.interlock.decision.Check;
import dev.interlock.decision.CheckId;
import dev.interlock.decision.Condition;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Operation;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.Tightening;
import dev.interlock.decision.cel.Expression;
import dev.interlock.decision.cel.InvalidExpression;
import dev.interlock.decision.cel.Variables;
import dev.interlock.decision.cel.library.Patterns;
import dev.interlock.decision.check.ExpressionHolds;
import dev.interlock.decision.check.ImagesAllowed;
import dev.interlock.decision.check.OwnerKnown;
import dev.interlock.decision.check.PodSecurity;
import dev.interlock.decision.check.Stable;
import dev.interlock.kubernetes.PublishedTypes.Published;
import dev.interlock.workload.GroupVersionResource;
import dev.interlock.workload.Node;
import dev.interlock.workload.RegistryPrefix;
import dev.interlock.workload.WorkloadKind;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Reads a stored PromotionPolicy. Whatever is stored gives a policy: what cannot be read becomes
/// [Policy.Unreadable], it never stops anything.
public final class PolicyMapping {
    private PolicyMapping() {}

    /// With what it says about drift and feedback.
    public static PolicyView view(GenericKubernetesResource stored) {
        return RuleMapping.view(stored);
    }

    public static Policy policy(GenericKubernetesResource stored) {
        PolicyRef ref = new PolicyRef(
                stored.getMetadata().getName(),
                stored.getMetadata().getUid(),
                Objects.requireNonNullElse(stored.getMetadata().getGeneration(), 0L));
        JsonNode spec =
                SpecReader.JSON.valueToTree(stored.getAdditionalProperties().get("spec"));
        try {
            PromotionPolicySpec readable =
                    required(SpecReader.JSON.treeToValue(judged(spec), PromotionPolicySpec.class), "spec");
            return ScopedValue.where(Patterns.ROOM, new AtomicInteger(Patterns.MAX_PROGRAMS))
                    .call(() -> policy(
                            ref,
                            readable,
                            TighteningMapping.read(
                                    stored.getAdditionalProperties().get("status"))));
        } catch (Exception unreadable) {
            return new Policy.Unreadable(ref, matchOf(spec), SpecReader.cause(unreadable));
        }
    }

    /// Why a policy could not be used if it were stored; empty where it could.
    public static Optional<String> problem(Node.Obj policy) {
        PolicyView view;
        try {
            view = view(stored(policy));
        } catch (JsonProcessingException e) {
            return Optional.of("it is no object of Kubernetes: " + SpecReader.firstLine(e));
        }
        return view.policy() instanceof Policy.Unreadable unreadable ? Optional.of(unreadable.cause()) : view.problem();
    }

    /// What is wrong with the expressions of a policy by the types that the API server publishes; nothing
    /// where those are not known.
    ///
    /// @param workers do what takes long
    public static CompletableFuture<List<String>> doubts(Node.Obj policy, PublishedTypes published, Executor workers) {
        return CompletableFuture.completedFuture(policy)
                .thenApplyAsync(PolicyMapping::readable, workers)
                .thenCompose(view -> published
                        .read(view.others())
                        .thenApplyAsync(
                                now -> switch (now) {
                                    case Published.Types types -> view.typeProblems(types.typing());
                                    case Published.Unknown _ -> List.of();
                                },
                                workers));
    }

    private static PolicyView readable(Node.Obj policy) {
        try {
            return view(stored(policy));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GenericKubernetesResource stored(Node.Obj policy) throws JsonProcessingException {
        return SpecReader.JSON.treeToValue(SpecReader.json(policy), GenericKubernetesResource.class);
    }

    static String conditionAt(String name) {
        return "match.conditions `%s`".formatted(name);
    }

    static String expressionAt(String check) {
        return "check `%s`: expression".formatted(check);
    }

    static String messageAt(String check) {
        return "check `%s`: messageExpression".formatted(check);
    }

    /// Without what [RuleMapping] reads, item by item.
    private static JsonNode judged(JsonNode spec) {
        return spec instanceof ObjectNode object ? object.deepCopy().without(List.of("drift", "feedback")) : spec;
    }

    /// Without what may be unreadable by itself: conditions, and resources that cannot be governed.
    private static JsonNode readable(JsonNode match) {
        if (!(match instanceof ObjectNode object)) {
            return match;
        }
        ObjectNode copy = object.deepCopy().without("conditions");
        if (copy.get("resources") instanceof ArrayNode names) {
            for (int i = names.size() - 1; i >= 0; i--) {
                if (!Governable.is(names.get(i).asText())) {
                    names.remove(i);
                }
            }
        }
        return copy;
    }

    /// What it guards, whatever its conditions say and whatever else it names: they may be what cannot be
    /// read. Where no resource is left that can be, it guards everything in its namespaces. Where its namespaces
    /// cannot be read it guards what it names in all of them, so that the API server goes on asking about that.
    private static Match matchOf(JsonNode spec) {
        JsonNode match = readable(spec.path("match"));
        try {
            return match(SpecReader.JSON.treeToValue(match, MatchSpec.class));
        } catch (Exception _) {
            return everywhere(match.path("resources"));
        }
    }

    private static Match everywhere(JsonNode resources) {
        Set<GroupVersionResource> named = StreamSupport.stream(resources.spliterator(), false)
                .map(JsonNode::asText)
                .filter(Governable::is)
                .map(Governable::resource)
                .collect(Collectors.toSet());
        return named.isEmpty()
                ? Match.ALL
                : new Match(Set.of(), LabelSelector.EVERYTHING, named, Set.of(), LabelSelector.EVERYTHING, List.of());
    }

    /// Fields that the CRD requires may be absent all the same in an object that was stored under another CRD.
    private static Policy policy(PolicyRef ref, PromotionPolicySpec spec, List<Tightening> tightenings) {
        Mode mode = mode(required(spec.mode(), "spec.mode"));
        atMost(64, spec.checks(), "spec.checks");
        atMost(32, spec.variables(), "spec.variables");
        atMost(16, required(spec.match(), "spec.match").conditions(), "match.conditions");
        atMost(32, spec.match().resources(), "match.resources");
        Variables variables = variables(spec);
        List<ConfiguredCheck> checks = items(required(spec.checks(), "spec.checks"), "spec.checks").stream()
                .map(check -> check(check, mode, variables))
                .toList();
        Set<CheckId> ids = new HashSet<>();
        for (ConfiguredCheck check : checks) {
            if (!ids.add(check.id())) {
                throw new IllegalArgumentException("check id `%s` is there twice; give each its own"
                        .formatted(check.id().value()));
            }
        }
        return new Policy.Loaded(
                ref,
                match(required(spec.match(), "spec.match")),
                onUndecided(required(spec.onUndecided(), "spec.onUndecided")),
                SpecReader.owner(required(spec.owner(), "spec.owner")),
                checks,
                tightenings);
    }

    /// As the CRD bounds it: a review does not have to come from an API server.
    private static void atMost(int most, @Nullable List<?> list, String field) {
        if (list != null && list.size() > most) {
            throw new IllegalArgumentException("`%s` has more than %d items".formatted(field, most));
        }
    }

    private static Match match(MatchSpec spec) {
        return new Match(
                Set.copyOf(items(spec.stages(), "match.stages")),
                selector(spec.namespaceSelector()),
                resources(spec.resources()),
                items(spec.operations(), "match.operations").stream()
                        .map(PolicyMapping::operation)
                        .collect(Collectors.toSet()),
                selector(spec.objectSelector()),
                items(spec.conditions(), "match.conditions").stream()
                        .map(PolicyMapping::condition)
                        .toList());
    }

    private static Set<GroupVersionResource> resources(@Nullable List<String> names) {
        return names == null
                ? WorkloadKind.resources()
                : items(names, "match.resources").stream()
                        .map(Governable::resource)
                        .collect(Collectors.toSet());
    }

    private static LabelSelector selector(@Nullable SelectorSpec spec) {
        return spec == null ? LabelSelector.EVERYTHING : SpecReader.selector(spec);
    }

    private static Condition condition(NamedExpressionSpec spec) {
        String name = required(spec.name(), "match.conditions.name");
        return new Condition(
                name,
                compiled(
                        conditionAt(name),
                        () -> Expression.bool(required(spec.expression(), "expression"), Variables.NONE)));
    }

    private static Variables variables(PromotionPolicySpec spec) {
        Variables variables = Variables.NONE;
        for (NamedExpressionSpec each : items(spec.variables(), "spec.variables")) {
            String name = required(each.name(), "variables.name");
            Variables before = variables;
            variables = compiled(
                    "variables `%s`".formatted(name),
                    () -> before.with(name, required(each.expression(), "expression")));
        }
        return variables;
    }

    private static <T> T compiled(String what, Supplier<T> expression) {
        try {
            return expression.get();
        } catch (InvalidExpression e) {
            throw new IllegalArgumentException("%s: %s".formatted(what, e.getMessage()), e);
        }
    }

    private static ConfiguredCheck check(CheckSpec spec, Mode policyMode, Variables variables) {
        return new ConfiguredCheck(
                new CheckId(required(spec.id(), "checks.id")),
                spec.mode() == null ? policyMode : mode(spec.mode()),
                Optional.ofNullable(spec.owner()).map(SpecReader::owner),
                Optional.ofNullable(spec.remedy()),
                kind(spec, variables));
    }

    /// The kinds of check. A new kind is one line here.
    private static Check kind(CheckSpec spec, Variables variables) {
        List<Check> kinds = new ArrayList<>();
        if (spec.expression() != null) {
            kinds.add(expression(spec, spec.expression(), variables));
        }
        if (spec.images() != null) {
            kinds.add(images(spec.images(), spec.id()));
        }
        if (spec.ownership() != null) {
            kinds.add(new OwnerKnown());
        }
        if (spec.podSecurity() != null) {
            kinds.add(podSecurity(spec.podSecurity()));
        }
        if (spec.stability() != null) {
            kinds.add(stable(spec.stability()));
        }
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("check `%s` has no kind that this version knows".formatted(spec.id()));
        }
        if (kinds.size() > 1) {
            throw new IllegalArgumentException("check `%s` has %d kinds; leave one".formatted(spec.id(), kinds.size()));
        }
        if (spec.expression() == null && (spec.message() != null || spec.messageExpression() != null)) {
            throw new IllegalArgumentException(
                    "check `%s`: message and messageExpression go with an expression; leave them out"
                            .formatted(spec.id()));
        }
        return kinds.getFirst();
    }

    private static ImagesAllowed images(ImagesSpec spec, String id) {
        boolean digest = required(spec.digest(), "images.digest") == DigestRule.REQUIRED;
        List<RegistryPrefix> registries = items(spec.registries(), "images.registries").stream()
                .map(text -> registry(text, id))
                .toList();
        List<String> tags = items(spec.deniedTags(), "images.deniedTags");
        if (digest && !tags.isEmpty()) {
            throw new IllegalArgumentException(
                    "check `%s`: deniedTags would deny nothing that `digest: Required` does not; leave one of them out"
                            .formatted(id));
        }
        if (!digest && registries.isEmpty() && tags.isEmpty()) {
            throw new IllegalArgumentException(
                    "check `%s` could never fail; require the digest, or name registries or deniedTags".formatted(id));
        }
        return new ImagesAllowed(digest, registries, tags);
    }

    private static ExpressionHolds expression(CheckSpec spec, String text, Variables variables) {
        return new ExpressionHolds(
                compiled(expressionAt(spec.id()), () -> Expression.bool(text, variables)),
                Optional.ofNullable(spec.message()),
                Optional.ofNullable(spec.messageExpression())
                        .map(words -> compiled(messageAt(spec.id()), () -> Expression.string(words, variables))));
    }

    private static PodSecurity podSecurity(PodSecuritySpec spec) {
        String version = required(spec.version(), "podSecurity.version");
        return new PodSecurity(
                switch (required(spec.level(), "podSecurity.level")) {
                    case BASELINE -> PodSecurity.Level.BASELINE;
                    case RESTRICTED -> PodSecurity.Level.RESTRICTED;
                },
                PodSecurity.Version.parse(version)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "`podSecurity.version` must be `latest` or such as `v1.31`")));
    }

    private static Stable stable(StabilitySpec spec) {
        if (spec.maxOpenDrift() == null && spec.maxDrift() == null) {
            throw new IllegalArgumentException("`stability` needs maxOpenDrift or maxDrift");
        }
        return new Stable(
                Optional.ofNullable(spec.maxOpenDrift()).map(Integer::longValue),
                Optional.ofNullable(spec.maxDrift())
                        .map(limit -> new Stable.Limit(
                                limit.count(),
                                SpecReader.duration(limit.within(), "stability.maxDrift.within"),
                                limit.within())));
    }

    private static RegistryPrefix registry(String text, String check) {
        try {
            return RegistryPrefix.of(text);
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("check `%s`: %s".formatted(check, unreadable.getMessage()), unreadable);
        }
    }

    private static Mode mode(ModeName name) {
        return switch (name) {
            case ENFORCE -> Mode.ENFORCE;
            case WARN -> Mode.WARN;
            case AUDIT -> Mode.AUDIT;
        };
    }

    private static Operation operation(OperationName name) {
        return switch (name) {
            case CREATE -> Operation.CREATE;
            case UPDATE -> Operation.UPDATE;
        };
    }

    private static OnUndecided onUndecided(OnUndecidedName name) {
        return switch (name) {
            case DENY -> OnUndecided.DENY;
            case ALLOW -> OnUndecided.ALLOW;
        };
    }
}
