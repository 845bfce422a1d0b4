package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.interlock.api.v1alpha1.CheckSpec;
import dev.interlock.api.v1alpha1.DigestRule;
import dev.interlock.api.v1alpha1.MatchSpec;
import dev.interlock.api.v1alpha1.ModeName;
import dev.interlock.api.v1alpha1.OnUndecidedName;
import dev.interlock.api.v1alpha1.OwnerSpec;
import dev.interlock.api.v1alpha1.PromotionPolicySpec;
import dev.interlock.api.v1alpha1.RequirementSpec;
import dev.interlock.api.v1alpha1.SelectorSpec;
import dev.interlock.decision.Check;
import dev.interlock.decision.CheckId;
import dev.interlock.decision.ConfiguredCheck;
import dev.interlock.decision.LabelSelector;
import dev.interlock.decision.Match;
import dev.interlock.decision.Mode;
import dev.interlock.decision.OnUndecided;
import dev.interlock.decision.Policy;
import dev.interlock.decision.PolicyRef;
import dev.interlock.decision.check.ImagesAllowed;
import dev.interlock.workload.Owner;
import dev.interlock.workload.RegistryPrefix;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads a stored PromotionPolicy. Whatever is stored gives a policy: what cannot be read becomes [Policy.Unreadable],
/// it never stops anything.
public final class PolicyMapping {
    /// Takes a value for what it is: `2` is no mode, and `42` is no name of a team.
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .build();

    private PolicyMapping() {}

    public static Policy policy(GenericKubernetesResource stored) {
        PolicyRef ref = new PolicyRef(
                stored.getMetadata().getName(),
                stored.getMetadata().getUid(),
                Objects.requireNonNullElse(stored.getMetadata().getGeneration(), 0L));
        JsonNode spec = JSON.valueToTree(stored.getAdditionalProperties().get("spec"));
        try {
            return policy(ref, required(JSON.treeToValue(spec, PromotionPolicySpec.class), "spec"));
        } catch (JsonMappingException mistyped) {
            String cause = "`%s` is of the wrong type or has an unknown value".formatted(field(mistyped));
            return new Policy.Unreadable(ref, matchOf(spec), shortened(cause));
        } catch (Exception unreadable) {
            return new Policy.Unreadable(ref, matchOf(spec), firstLine(unreadable));
        }
    }

    /// As people write it: `spec.checks[0].mode`.
    private static String field(JsonMappingException mistyped) {
        return mistyped.getPath().stream()
                .map(step ->
                        step.getFieldName() == null ? "[%d]".formatted(step.getIndex()) : "." + step.getFieldName())
                .collect(Collectors.joining("", "spec", ""));
    }

    private static Match matchOf(JsonNode spec) {
        try {
            return match(JSON.treeToValue(spec.path("match"), MatchSpec.class));
        } catch (Exception _) {
            return Match.ALL;
        }
    }

    private static String firstLine(Exception unreadable) {
        String message = Objects.requireNonNullElse(
                unreadable.getMessage(), unreadable.getClass().getSimpleName());
        return shortened(message.lines().findFirst().orElse(""));
    }

    private static String shortened(String line) {
        return line.codePointCount(0, line.length()) <= 200
                ? line
                : line.substring(0, line.offsetByCodePoints(0, 200)) + "…";
    }

    /// Fields that the CRD requires may be absent all the same in an object that was stored under another CRD.
    private static Policy policy(PolicyRef ref, PromotionPolicySpec spec) {
        Mode mode = mode(required(spec.mode(), "spec.mode"));
        List<ConfiguredCheck> checks = items(required(spec.checks(), "spec.checks"), "spec.checks").stream()
                .map(check -> check(check, mode))
                .toList();
        return new Policy.Loaded(
                ref,
                match(required(spec.match(), "spec.match")),
                onUndecided(required(spec.onUndecided(), "spec.onUndecided")),
                owner(required(spec.owner(), "spec.owner")),
                checks);
    }

    private static <T> T required(@Nullable T value, String field) {
        if (value == null) {
            throw new IllegalArgumentException("`%s` is missing".formatted(field));
        }
        return value;
    }

    /// A list may hold nulls, whatever its type says.
    private static <T> List<T> items(@Nullable List<T> list, String field) {
        List<T> items = Objects.requireNonNullElse(list, List.of());
        items.forEach(item -> required(item, field + "[]"));
        return items;
    }

    private static Match match(MatchSpec spec) {
        return new Match(
                Set.copyOf(items(spec.stages(), "match.stages")),
                spec.namespaceSelector() == null ? LabelSelector.EVERYTHING : selector(spec.namespaceSelector()));
    }

    private static LabelSelector selector(SelectorSpec spec) {
        Map<String, String> labels = Objects.requireNonNullElse(spec.matchLabels(), Map.of());
        labels.forEach((key, value) -> required(value, "matchLabels." + key));
        List<RequirementSpec> expressions = items(spec.matchExpressions(), "matchExpressions");
        return new LabelSelector(
                labels, expressions.stream().map(PolicyMapping::requirement).toList());
    }

    private static LabelSelector.Requirement requirement(RequirementSpec spec) {
        String key = required(spec.key(), "matchExpressions.key");
        RequirementSpec.Operator operator = required(spec.operator(), "matchExpressions.operator");
        Set<String> values = Set.copyOf(items(spec.values(), "matchExpressions.values"));
        boolean needed = operator == RequirementSpec.Operator.IN || operator == RequirementSpec.Operator.NOT_IN;
        if (values.isEmpty() == needed) {
            throw new IllegalArgumentException(
                    "`matchExpressions.values`: In and NotIn need some, Exists and DoesNotExist take none");
        }
        return switch (operator) {
            case IN -> new LabelSelector.In(key, values);
            case NOT_IN -> new LabelSelector.NotIn(key, values);
            case EXISTS -> new LabelSelector.Exists(key);
            case DOES_NOT_EXIST -> new LabelSelector.DoesNotExist(key);
        };
    }

    private static ConfiguredCheck check(CheckSpec spec, Mode policyMode) {
        return new ConfiguredCheck(
                new CheckId(required(spec.id(), "checks.id")),
                spec.mode() == null ? policyMode : mode(spec.mode()),
                Optional.ofNullable(spec.owner()).map(PolicyMapping::owner),
                Optional.ofNullable(spec.remedy()),
                kind(spec));
    }

    /// The kinds of check. A new kind is one line here.
    private static Check kind(CheckSpec spec) {
        if (spec.images() != null) {
            return new ImagesAllowed(
                    required(spec.images().digest(), "images.digest") == DigestRule.REQUIRED,
                    items(spec.images().registries(), "images.registries").stream()
                            .map(text -> registry(text, spec.id()))
                            .toList());
        }
        throw new IllegalArgumentException("check `%s` has no kind that this version knows".formatted(spec.id()));
    }

    private static RegistryPrefix registry(String text, String check) {
        try {
            return RegistryPrefix.of(text);
        } catch (IllegalArgumentException unreadable) {
            throw new IllegalArgumentException("check `%s`: %s".formatted(check, unreadable.getMessage()), unreadable);
        }
    }

    private static Owner owner(OwnerSpec spec) {
        return new Owner(required(spec.team(), "owner.team"), Objects.requireNonNullElse(spec.contact(), ""));
    }

    private static Mode mode(ModeName name) {
        return switch (name) {
            case ENFORCE -> Mode.ENFORCE;
            case WARN -> Mode.WARN;
            case AUDIT -> Mode.AUDIT;
        };
    }

    private static OnUndecided onUndecided(OnUndecidedName name) {
        return switch (name) {
            case DENY -> OnUndecided.DENY;
            case ALLOW -> OnUndecided.ALLOW;
        };
    }
}
