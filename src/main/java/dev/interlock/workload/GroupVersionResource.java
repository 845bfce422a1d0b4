package dev.interlock.workload;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A resource of the API in one of its versions, as the rules of a webhook and the paths of URLs name it.
///
/// @param group    of the API; empty for the core group
/// @param version  for example `v1`
/// @param resource the plural name, for example `ingresses`
public record GroupVersionResource(String group, String version, String resource) {
    /// As the schema of policies has it.
    private static final int LONGEST = 253;

    private static final Pattern TEXT =
            Pattern.compile("([a-z][a-z0-9-]*)\\.(v[0-9]+(?:(?:alpha|beta)[0-9]+)?)(?:\\.([a-z0-9.-]+))?");

    /// Of the core group `services.v1`, of any other `ingresses.v1.networking.k8s.io`, as kubectl takes them;
    /// empty where it is neither.
    public static Optional<GroupVersionResource> parse(String text) {
        Matcher parts = TEXT.matcher(text);
        return text.length() <= LONGEST && parts.matches()
                ? Optional.of(new GroupVersionResource(
                        parts.group(3) == null ? "" : parts.group(3), parts.group(2), parts.group(1)))
                : Optional.empty();
    }

    /// @param apiVersion for example `apps/v1`
    public static GroupVersionResource of(String apiVersion, String resource) {
        int slash = apiVersion.indexOf('/');
        return new GroupVersionResource(
                slash < 0 ? "" : apiVersion.substring(0, slash), apiVersion.substring(slash + 1), resource);
    }

    /// For example `apps/v1`, or `v1` of the core group.
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /// Whether it is the same resource, in whatever version.
    public boolean isLike(GroupVersionResource other) {
        return resource.equals(other.resource) && group.equals(other.group);
    }

    /// As [#parse(String)] takes it.
    @Override
    public String toString() {
        return group.isEmpty() ? resource + "." + version : resource + "." + version + "." + group;
    }
}
