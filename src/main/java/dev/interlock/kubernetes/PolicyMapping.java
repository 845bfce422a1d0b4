package dev.interlock.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import org.jspecify.annotations.Nullable;

/// Reads a stored PromotionPolicy. Whatever is stored gives a policy: what cannot be read becomes [Policy.Unreadable],
/// it never stops anything.
public final class PolicyMapping {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private PolicyMapping() {}

    public static Policy policy(GenericKubernetesResource stored) {
        PolicyRef ref = new PolicyRef(
                stored.getMetadata().getName(),
                stored.getMetadata().getUid(),
                Objects.requireNonNullElse(stored.getMetadata().getGeneration(), 0L));
        JsonNode spec = JSON.valueToTree(stored.getAdditionalProperties().get("spec"));
        try {
            return policy(ref, JSON.treeToValue(spec, PromotionPolicySpec.class));
        } catch (Exception unreadable) {
            return new Policy.Unreadable(ref, matchOf(spec), firstLine(unreadable));
        }
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
        String line = message.lines().findFirst().orElse("");
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }

    /// Fields that the CRD requires may be absent all the same in an object that was stored under another CRD.
    private static Policy policy(PolicyRef ref, PromotionPolicySpec spec) {
        Mode mode = mode(required(spec.mode(), "spec.mode"));
        List<ConfiguredCheck> checks = required(spec.checks(), "spec.checks").stream()
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

    private static Match match(MatchSpec spec) {
        return new Match(
                spec.stages() == null ? Set.of() : Set.copyOf(spec.stages()),
                spec.namespaceSelector() == null ? LabelSelector.EVERYTHING : selector(spec.namespaceSelector()));
    }

    private static LabelSelector selector(SelectorSpec spec) {
        Map<String, String> labels = Objects.requireNonNullElse(spec.matchLabels(), Map.of());
        List<RequirementSpec> expressions = Objects.requireNonNullElse(spec.matchExpressions(), List.of());
        return new LabelSelector(
                labels, expressions.stream().map(PolicyMapping::requirement).toList());
    }

    private static LabelSelector.Requirement requirement(RequirementSpec spec) {
        String key = required(spec.key(), "matchExpressions.key");
        Set<String> values = Set.copyOf(Objects.requireNonNullElse(spec.values(), List.of()));
        return switch (required(spec.operator(), "matchExpressions.operator")) {
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
                    Objects.requireNonNullElse(spec.images().registries(), List.<String>of()).stream()
                            .map(RegistryPrefix::of)
                            .toList());
        }
        throw new IllegalArgumentException("check `%s` has no kind that this version knows".formatted(spec.id()));
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
