package dev.interlock.kubernetes;

import io.fabric8.kubernetes.api.model.admissionregistration.v1.RuleWithOperations;
import java.util.List;
import java.util.Objects;

/// A rule of a webhook configuration, as the API server reads it: what it asks about.
///
/// @param resources with their subresources, as `pods/resize`; `*` stands for a part of it
/// @param scope     `Namespaced`, `Cluster` or `*`
public record AskedRule(
        List<String> groups, List<String> versions, List<String> operations, List<String> resources, String scope) {
    private static final String EVERY = "*";

    public AskedRule {
        groups = List.copyOf(groups);
        versions = List.copyOf(versions);
        operations = List.copyOf(operations);
        resources = List.copyOf(resources);
    }

    static AskedRule of(RuleWithOperations rule) {
        return new AskedRule(
                rule.getApiGroups(),
                rule.getApiVersions(),
                rule.getOperations(),
                rule.getResources(),
                Objects.requireNonNullElse(rule.getScope(), EVERY));
    }

    /// Whether it asks about a resource, or a subresource of one, in an operation.
    public boolean asks(String group, String version, String resource, boolean namespaced, String operation) {
        return has(groups, group)
                && has(versions, version)
                && has(operations, operation)
                && (scope.equals(EVERY) || scope.equals(namespaced ? "Namespaced" : "Cluster"))
                && resources.stream().anyMatch(pattern -> matches(pattern, resource));
    }

    private static boolean has(List<String> values, String wanted) {
        return values.contains(wanted) || values.contains(EVERY);
    }

    /// Part by part: `*` alone is no subresource, and `pods/*` is Pods too.
    private static boolean matches(String pattern, String resource) {
        return part(main(pattern), main(resource)) && part(sub(pattern), sub(resource));
    }

    private static boolean part(String pattern, String value) {
        return pattern.equals(EVERY) || pattern.equals(value);
    }

    private static String main(String resource) {
        int slash = resource.indexOf('/');
        return slash < 0 ? resource : resource.substring(0, slash);
    }

    private static String sub(String resource) {
        int slash = resource.indexOf('/');
        return slash < 0 ? "" : resource.substring(slash + 1);
    }
}
