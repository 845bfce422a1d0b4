package dev.interlock.workload;

import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;

/// An image reference as a container runtime reads it: a registry, a repository in it, and a tag, a digest, both or
/// neither.
///
/// The grammar and the normalisation are those of `ParseNormalizedNamed` in
/// [distribution/reference v0.6.0](https://github.com/distribution/reference/tree/v0.6.0), which containerd, CRI-O and
/// Docker use or derive from. The digest algorithms are those of
/// [go-digest](https://github.com/opencontainers/go-digest): `sha256` and `sha512`, which the
/// [OCI image-spec](https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms)
/// registers, and `sha384`. An admission rule that reads a reference otherwise than the node will pull it can be walked
/// around, so where upstream leaves room this is stricter, never looser:
///
/// - The limit of 255 characters is on the registry and the repository together, as the
///   [OCI distribution-spec](https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests)
///   counts it for clients, not on the repository alone.
/// - A first component that holds `.` but is no host (`bad_host.example/app`) is refused; upstream takes it for a
///   repository without a registry.
/// - A digest with no name before it (`sha256:…`) is refused as 64 bare hexadecimal digits are: to a runtime it is the
///   identifier of an image already on the node, while the grammar alone reads a repository `sha256` and a tag.
///
/// Every instance is canonical: `docker.io` is written out, so is `library/`, and `toString` parses to the same value.
///
/// @param registry host and optional port, such as `docker.io` or `registry.example.com:5000`
/// @param repository path within the registry, such as `library/nginx`
/// @param tag what follows `:`; no default is filled in, so empty means that none was written
/// @param digest what follows `@`; a runtime that has it ignores the tag
public record ImageReference(String registry, String repository, Optional<String> tag, Optional<Digest> digest) {
    static final int MAX_TEXT = 1_024;

    private static final String DEFAULT_REGISTRY = "docker.io";
    private static final String LEGACY_DEFAULT_REGISTRY = "index.docker.io";

    private static final int MAX_NAME = 255;
    private static final int MAX_TAG = 128;
    private static final int MAX_QUOTED = 64;
    private static final int IDENTIFIER_DIGITS = 64;

    /// Refuses parts that [#parse(String)] would never yield.
    ///
    /// @throws IllegalArgumentException if the parts break the grammar or are not canonical
    public ImageReference {
        faultInName(registry, repository)
                .or(() -> tag.flatMap(ImageReference::faultInTag))
                .ifPresent(fault -> {
                    throw new IllegalArgumentException("not an image reference: " + fault);
                });
    }

    /// What a text turned out to be: a reference, or the reason why it is none.
    public sealed interface Parsed {
        /// The text is a reference.
        record Valid(ImageReference reference) implements Parsed {}

        /// The text is no reference, for the reason given as one clause that may go into a longer sentence.
        record Invalid(String reason) implements Parsed {}
    }

    /// The digest of a manifest: the algorithm and the lower-case hexadecimal digits it makes.
    ///
    /// @param algorithm `sha256`, `sha384` or `sha512`
    /// @param hex 64, 96 or 128 digits, as the algorithm has it
    public record Digest(String algorithm, String hex) {
        /// Refuses an unknown algorithm, and digits that are not what the algorithm makes.
        ///
        /// @throws IllegalArgumentException if it is no digest
        public Digest {
            fault(algorithm, hex).ifPresent(fault -> {
                throw new IllegalArgumentException(fault);
            });
        }

        /// The digest as it is written after `@`.
        @Override
        public String toString() {
            return algorithm + ":" + hex;
        }

        private static Optional<String> fault(String algorithm, String hex) {
            int digits = digits(algorithm);
            if (digits == 0) {
                return Optional.of("digest algorithm must be `sha256`, `sha384` or `sha512`");
            }
            if (hex.length() != digits || !every(hex, ImageReference::isLowerHex)) {
                return Optional.of(
                        "digest must be `" + algorithm + ":` and " + digits + " lower-case hexadecimal digits");
            }
            return Optional.empty();
        }

        private static int digits(String algorithm) {
            return switch (algorithm) {
                case "sha256" -> 64;
                case "sha384" -> 96;
                case "sha512" -> 128;
                default -> 0;
            };
        }
    }

    /// Reads a reference as it stands in a pod, in time linear to its length, and never throws.
    ///
    /// @param text what to read; more than 1,024 characters are refused unread (no valid reference is that long)
    public static Parsed parse(String text) {
        Optional<String> fault = text.isEmpty()
                ? Optional.of("image reference is empty")
                : faultInText(text).or(() -> faultInIdentifier(text));
        if (fault.isPresent()) {
            return new Parsed.Invalid(fault.get());
        }

        // One `@` at most is valid, and neither a name nor a tag can hold it.
        int at = text.indexOf('@');
        String tagged = at < 0 ? text : text.substring(0, at);
        Optional<String> digest = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));

        // Without a slash there is no registry, so `host:443` is a repository with a tag.
        int slash = tagged.indexOf('/');
        boolean hasRegistry = slash >= 0 && isRegistry(tagged.substring(0, slash));
        String registry = hasRegistry ? canonicalRegistry(tagged.substring(0, slash)) : DEFAULT_REGISTRY;
        String path = hasRegistry ? tagged.substring(slash + 1) : tagged;

        int colon = path.indexOf(':');
        String repository = canonicalRepository(registry, colon < 0 ? path : path.substring(0, colon));
        Optional<String> tag = colon < 0 ? Optional.empty() : Optional.of(path.substring(colon + 1));

        return faultInName(registry, repository)
                .or(() -> tag.flatMap(ImageReference::faultInTag))
                .or(() -> digest.flatMap(ImageReference::faultInDigest))
                .<Parsed>map(Parsed.Invalid::new)
                .orElseGet(() -> new Parsed.Valid(
                        new ImageReference(registry, repository, tag, digest.map(ImageReference::digestOf))));
    }

    /// Whether the reference names one manifest for good: it has a digest.
    public boolean pinned() {
        return digest.isPresent();
    }

    /// The registry and the repository, without tag and digest.
    public String name() {
        return registry + "/" + repository;
    }

    /// The canonical form, which [#parse(String)] reads back to an equal value.
    @Override
    public String toString() {
        return name()
                + tag.map(value -> ":" + value).orElse("")
                + digest.map(value -> "@" + value).orElse("");
    }

    /// Whether the first component of a name is a registry rather than the first part of a repository.
    static boolean isRegistry(String component) {
        return component.equals("localhost")
                || component.chars().anyMatch(each -> each == '.' || each == ':' || isUpper(each));
    }

    /// The registry under the one name it goes by.
    static String canonicalRegistry(String registry) {
        return registry.equals(LEGACY_DEFAULT_REGISTRY) ? DEFAULT_REGISTRY : registry;
    }

    /// What keeps a text from being part of any reference: its length, a character, a scheme.
    static Optional<String> faultInText(String text) {
        if (text.length() > MAX_TEXT) {
            return Optional.of("text is longer than 1,024 characters");
        }
        for (int index = 0; index < text.length(); index++) {
            char each = text.charAt(index);
            if (each <= ' ' || each >= 0x7f) {
                // All before it is ASCII, so that the index counts characters for a person too.
                return Optional.of(String.format(
                        Locale.ROOT, "character %d is %s (U+%04X)", index + 1, kind(each), text.codePointAt(index)));
            }
        }
        int scheme = text.indexOf("://");
        if (scheme > 0 && every(text.substring(0, scheme), ImageReference::isSchemeCharacter)) {
            return Optional.of("a scheme such as `https://` must be left out");
        }
        return Optional.empty();
    }

    /// What keeps a text from being a registry: the domain rule, its host, its port.
    static Optional<String> faultInRegistry(String registry) {
        if (!isRegistry(registry)) {
            return Optional.of("registry must be `localhost` or a host with `.`, `:` or an upper-case letter");
        }
        if (registry.startsWith("[")) {
            int close = registry.indexOf(']');
            if (close < 0) {
                return Optional.of("registry address lacks its closing bracket");
            }
            String address = registry.substring(1, close);
            if (address.isEmpty() || !every(address, each -> isHex(each) || each == ':')) {
                return Optional.of("registry address in brackets must be hexadecimal digits and `:`");
            }
            return faultInPort(registry.substring(close + 1));
        }
        int colon = registry.indexOf(':');
        String host = colon < 0 ? registry : registry.substring(0, colon);
        // The port first: what is wrong with an address without brackets shows there.
        return faultInPort(registry.substring(host.length())).or(() -> faultInHost(host));
    }

    /// What keeps a text from being a repository, or the beginning of one up to a `/`.
    static Optional<String> faultInRepository(String repository) {
        if (repository.isEmpty()) {
            return Optional.of("repository name is empty");
        }
        if (repository.chars().anyMatch(ImageReference::isUpper)) {
            return Optional.of("repository name must be lower case");
        }
        Optional<String> stray = firstNot(repository, each -> isLowerOrDigit(each) || "._-/".indexOf(each) >= 0);
        if (stray.isPresent()) {
            return stray.map(each -> "repository name must not hold " + each);
        }
        for (String component : repository.split("/", -1)) {
            Optional<String> fault = faultInComponent(component);
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> faultInIdentifier(String text) {
        boolean bareHex = text.length() == IDENTIFIER_DIGITS && every(text, ImageReference::isLowerHex);
        return bareHex || faultInDigest(text).isEmpty()
                ? Optional.of("a digest with no name before it is an image identifier, not a reference")
                : Optional.empty();
    }

    private static Optional<String> faultInName(String registry, String repository) {
        if (!registry.equals(canonicalRegistry(registry))) {
            return Optional.of("registry `" + registry + "` must be written `" + canonicalRegistry(registry) + "`");
        }
        if (!repository.equals(canonicalRepository(registry, repository))) {
            return Optional.of("repository of `" + registry + "` must have two components or more");
        }
        return faultInRegistry(registry)
                .or(() -> faultInRepository(repository))
                .or(() -> registry.length() + 1 + repository.length() > MAX_NAME
                        ? Optional.of("registry and repository together are longer than 255 characters")
                        : Optional.empty());
    }

    private static Optional<String> faultInHost(String host) {
        if (host.isEmpty()) {
            return Optional.of("registry host is empty");
        }
        Optional<String> stray = firstNot(host, each -> isAlphanumeric(each) || each == '-' || each == '.');
        if (stray.isPresent()) {
            return stray.map(each -> "registry host must not hold " + each);
        }
        for (String label : host.split("\\.", -1)) {
            if (label.isEmpty()) {
                return Optional.of("registry host has an empty label");
            }
            if (label.startsWith("-") || label.endsWith("-")) {
                return Optional.of(
                        "registry host label " + quoted(label) + " must begin and end with a letter or a digit");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> faultInPort(String suffix) {
        if (suffix.isEmpty()) {
            return Optional.empty();
        }
        if (suffix.indexOf(':', 1) > 0) {
            return Optional.of("registry has more than one `:` (an IPv6 address must be in brackets)");
        }
        if (suffix.charAt(0) != ':' || suffix.length() == 1 || !every(suffix.substring(1), ImageReference::isDigit)) {
            return Optional.of("registry port must be `:` and one or more digits");
        }
        return Optional.empty();
    }

    private static Optional<String> faultInComponent(String component) {
        if (component.isEmpty()) {
            return Optional.of("repository name has an empty component");
        }
        if (!isLowerOrDigit(component.charAt(0)) || !isLowerOrDigit(component.charAt(component.length() - 1))) {
            return Optional.of(
                    "repository component " + quoted(component) + " must begin and end with a letter or a digit");
        }
        int from = 0;
        while (from < component.length()) {
            int to = from;
            while (to < component.length() && !isLowerOrDigit(component.charAt(to))) {
                to++;
            }
            if (to > from && !isSeparator(component.substring(from, to))) {
                return Optional.of(
                        "repository component " + quoted(component) + " must be joined by `.`, `_`, `__` or dashes");
            }
            from = to + 1;
        }
        return Optional.empty();
    }

    private static boolean isSeparator(String text) {
        return text.equals(".") || text.equals("_") || text.equals("__") || every(text, each -> each == '-');
    }

    private static Optional<String> faultInTag(String tag) {
        if (tag.isEmpty()) {
            return Optional.of("tag is missing after `:`");
        }
        if (tag.length() > MAX_TAG) {
            return Optional.of("tag is longer than 128 characters");
        }
        if (tag.startsWith(".") || tag.startsWith("-")) {
            return Optional.of("tag must begin with a letter, a digit or `_`");
        }
        return firstNot(tag, each -> isAlphanumeric(each) || "_.-".indexOf(each) >= 0)
                .map(each -> "tag must not hold " + each);
    }

    private static Optional<String> faultInDigest(String digest) {
        if (digest.isEmpty()) {
            return Optional.of("digest is missing after `@`");
        }
        int colon = digest.indexOf(':');
        return colon < 0
                ? Digest.fault(digest, "")
                : Digest.fault(digest.substring(0, colon), digest.substring(colon + 1));
    }

    private static Digest digestOf(String digest) {
        int colon = digest.indexOf(':');
        return new Digest(digest.substring(0, colon), digest.substring(colon + 1));
    }

    private static String canonicalRepository(String registry, String repository) {
        boolean official = registry.equals(DEFAULT_REGISTRY) && !repository.isEmpty() && repository.indexOf('/') < 0;
        return official ? "library/" + repository : repository;
    }

    private static String kind(char each) {
        return switch (each) {
            case ' ', '\t', '\n', '\u000b', '\f', '\r' -> "white space";
            default -> each > 0x7f ? "not ASCII" : "a control character";
        };
    }

    private static String quoted(String part) {
        return part.length() > MAX_QUOTED ? "`" + part.substring(0, MAX_QUOTED) + "…`" : "`" + part + "`";
    }

    private static Optional<String> firstNot(String text, IntPredicate allowed) {
        return text.codePoints()
                .filter(allowed.negate())
                .mapToObj(each -> each == '`' ? "a backtick" : "`" + Character.toString(each) + "`")
                .findFirst();
    }

    private static boolean every(String text, IntPredicate allowed) {
        return text.chars().allMatch(allowed);
    }

    private static boolean isDigit(int each) {
        return each >= '0' && each <= '9';
    }

    private static boolean isUpper(int each) {
        return each >= 'A' && each <= 'Z';
    }

    private static boolean isLowerOrDigit(int each) {
        return (each >= 'a' && each <= 'z') || isDigit(each);
    }

    private static boolean isAlphanumeric(int each) {
        return isLowerOrDigit(each) || isUpper(each);
    }

    private static boolean isLowerHex(int each) {
        return (each >= 'a' && each <= 'f') || isDigit(each);
    }

    private static boolean isHex(int each) {
        return isLowerHex(each) || (each >= 'A' && each <= 'F');
    }

    private static boolean isSchemeCharacter(int each) {
        return isAlphanumeric(each) || "+-.".indexOf(each) >= 0;
    }
}
