package dev.interlock.workload;

import java.util.Optional;

/// An entry of a list of allowed registries: a registry, or a registry and the beginning of a repository.
///
/// It is normalised as the references it is held against (see [ImageReference]): no trailing slash, `docker.io` for
/// `index.docker.io`. It is taken as written otherwise: `docker.io/nginx` is the organisation `nginx`, not the official
/// image, which is `docker.io/library/nginx`.
///
/// The grammar is that of a name in [distribution/reference
/// v0.6.0](https://github.com/distribution/reference/tree/v0.6.0), with a first component that is a registry
/// by its domain rule, since an entry such as `acme` could be meant for a host and be read as an organisation
/// of `docker.io`.
///
/// @param value the entry, such as `registry.example.com:5000` or `ghcr.io/acme`
public record RegistryPrefix(String value) {
    private static final String PORT = ":[0-9]+";
    private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";

    // The domain rule: the ways in which a first component shows that it is a registry.
    private static final String LOCALHOST = "localhost";
    private static final String HOST_WITH_PORT = LABEL + PORT;
    private static final String HOST_WITH_DOT = LABEL + "(?:\\." + LABEL + ")+(?:" + PORT + ")?";
    private static final String HOST_WITH_UPPER_CASE = "(?:[a-z0-9][a-z0-9-]*)?[A-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
    private static final String ADDRESS = "\\[[a-f0-9]*[A-F:][a-fA-F0-9:]*\\]";
    private static final String ADDRESS_WITH_PORT = "\\[[a-fA-F0-9:]+\\]" + PORT;
    private static final String REGISTRY = LOCALHOST + "|" + HOST_WITH_PORT + "|" + HOST_WITH_DOT + "|"
            + HOST_WITH_UPPER_CASE + "|" + ADDRESS + "|" + ADDRESS_WITH_PORT;

    private static final String COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";

    /// A regular expression for exactly what [#of(String)] accepts up to its limit of length, in the subset that RE2
    /// and ECMA-262 share, as the `pattern` of an OpenAPI schema needs it (with [#MAX_LENGTH] as the `maxLength`).
    public static final String PATTERN = "^(?:" + REGISTRY + ")(?:/" + COMPONENT + ")*/?$";

    /// The longest entry that [#of(String)] accepts, counted as it is written.
    public static final int MAX_LENGTH = ImageReference.MAX_TEXT;

    /// Normalises the entry, so that there is no way to hold one that was not.
    ///
    /// @throws IllegalArgumentException if it is no registry with optional path components
    public RegistryPrefix {
        String entry = value.endsWith("/") ? value.substring(0, value.length() - 1) : value;
        int slash = entry.indexOf('/');
        String registry = slash < 0 ? entry : entry.substring(0, slash);
        Optional<String> path = slash < 0 ? Optional.empty() : Optional.of(entry.substring(slash + 1));
        faultIn(value, registry, path).ifPresent(fault -> {
            throw new IllegalArgumentException("not a registry prefix: " + fault);
        });
        value = ImageReference.canonicalRegistry(registry)
                + path.map(each -> "/" + each).orElse("");
    }

    /// Reads an entry as it stands in a policy, such as `ghcr.io/acme/`.
    ///
    /// @throws IllegalArgumentException if it is no registry with optional path components
    public static RegistryPrefix of(String text) {
        return new RegistryPrefix(text);
    }

    /// Whether the image lies in the registry, and below the path if there is one, or is what the path names.
    ///
    /// Whole components are compared, case and all: `ghcr.io/acme` covers neither `ghcr.io/acmeevil/app` nor
    /// `ghcr.io:443/acme/app`.
    public boolean covers(ImageReference image) {
        String name = image.name();
        return name.startsWith(value) && (name.length() == value.length() || name.charAt(value.length()) == '/');
    }

    /// The entry as it was normalised.
    @Override
    public String toString() {
        return value;
    }

    private static Optional<String> faultIn(String text, String registry, Optional<String> path) {
        return text.isEmpty()
                ? Optional.of("it is empty")
                : ImageReference.faultInText(text)
                        .or(() -> ImageReference.faultInRegistry(registry))
                        .or(() -> path.flatMap(ImageReference::faultInRepository));
    }
}
