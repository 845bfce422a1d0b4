package dev.interlock.decision.cel.library;

import com.google.errorprone.annotations.Immutable;
import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.cel.common.types.OpaqueType;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A format that Kubernetes has a name for, such as that of labels, with what the API server says of texts that
/// are not in it.
@Immutable
final class NamedFormat extends Opaque {
    static final OpaqueType TYPE = OpaqueType.create("kubernetes.NamedFormat");

    private static final int MAX_LABEL = 63;
    private static final int MAX_SUBDOMAIN = 253;

    private static final Rule DNS_1123_LABEL = new Rule(
            "[a-z0-9]([-a-z0-9]*[a-z0-9])?",
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and"
                    + " end with an alphanumeric character",
            "'my-name',  or '123-abc'");
    private static final Rule DNS_1123_SUBDOMAIN = new Rule(
            "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*",
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must"
                    + " start and end with an alphanumeric character",
            "'example.com'");
    private static final Rule DNS_1035_LABEL = new Rule(
            "[a-z]([-a-z0-9]*[a-z0-9])?",
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic"
                    + " character, and end with an alphanumeric character",
            "'my-name',  or 'abc-123'");
    private static final Rule LABEL_KEY = new Rule(
            "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]",
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric"
                    + " character",
            "'MyName',  or 'my.name',  or '123-abc'");
    private static final Rule LABEL_VALUE = new Rule(
            "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
                    + " start and end with an alphanumeric character",
            "'MyValue',  or 'my_value',  or '12345'");

    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}");
    private static final Pattern BASE64 =
            Pattern.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})");
    private static final Pattern DATE = Pattern.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})");
    private static final Pattern TIME =
            Pattern.compile("([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})");

    /// All there are, by the names that expressions have for them.
    static final Map<String, NamedFormat> ALL = Map.ofEntries(
            Map.entry("dns1123Label", new NamedFormat("DNS1123Label", NamedFormat::dns1123Label)),
            Map.entry("dns1123Subdomain", new NamedFormat("DNS1123Subdomain", NamedFormat::dns1123Subdomain)),
            Map.entry("dns1035Label", new NamedFormat("DNS1035Label", NamedFormat::dns1035Label)),
            Map.entry("qualifiedName", new NamedFormat("QualifiedName", NamedFormat::qualifiedName)),
            Map.entry(
                    "dns1123LabelPrefix",
                    new NamedFormat("DNS1123LabelPrefix", bytes -> dns1123Label(completed(bytes)))),
            Map.entry(
                    "dns1123SubdomainPrefix",
                    new NamedFormat("DNS1123SubdomainPrefix", bytes -> dns1123Subdomain(completed(bytes)))),
            Map.entry(
                    "dns1035LabelPrefix",
                    new NamedFormat("DNS1035LabelPrefix", bytes -> dns1035Label(completed(bytes)))),
            Map.entry(
                    "labelValue",
                    new NamedFormat("LabelValue", bytes -> LABEL_VALUE.faults(bytes, MAX_LABEL, "bytes"))),
            Map.entry("uri", new NamedFormat("URI", NamedFormat::uri)),
            Map.entry(
                    "uuid",
                    new NamedFormat("uuid", bytes -> unless(UUID.matches(bytes), "does not match the UUID format"))),
            Map.entry("byte", new NamedFormat("byte", bytes -> unless(BASE64.matches(bytes), "invalid base64"))),
            Map.entry("date", new NamedFormat("date", bytes -> unless(isDate(bytes), "invalid date"))),
            Map.entry("datetime", new NamedFormat("datetime", bytes -> unless(isDateTime(bytes), "invalid datetime"))));

    /// Finds what is wrong with a text.
    @Immutable
    @FunctionalInterface
    private interface Validation {
        /// @param bytes the text as [GoText#bytes(String)] has it
        List<String> faults(String bytes);
    }

    private final String name;
    private final Validation validation;

    private NamedFormat(String name, Validation validation) {
        this.name = name;
        this.validation = validation;
    }

    /// What is wrong with the text; empty if it is in this format.
    Optional<List<String>> validate(String text) {
        List<String> faults = validation.faults(GoText.bytes(text));
        return faults.isEmpty() ? Optional.empty() : Optional.of(faults);
    }

    private static List<String> dns1123Label(String bytes) {
        List<String> faults = DNS_1123_LABEL.faults(bytes, MAX_LABEL, "characters");
        if (!DNS_1123_LABEL.matches(bytes) && DNS_1123_SUBDOMAIN.matches(bytes)) {
            faults.set(faults.size() - 1, "must not contain dots");
        }
        return faults;
    }

    private static List<String> dns1123Subdomain(String bytes) {
        return DNS_1123_SUBDOMAIN.faults(bytes, MAX_SUBDOMAIN, "characters");
    }

    private static List<String> dns1035Label(String bytes) {
        return DNS_1035_LABEL.faults(bytes, MAX_LABEL, "characters");
    }

    private static List<String> qualifiedName(String bytes) {
        String[] parts = bytes.split("/", -1);
        if (parts.length > 2) {
            return List.of("a valid label key " + LABEL_KEY.fault()
                    + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
        }
        List<String> faults = new ArrayList<>();
        if (parts.length == 2) {
            String prefix = parts[0];
            List<String> inPrefix = prefix.isEmpty() ? List.of("must be non-empty") : dns1123Subdomain(prefix);
            inPrefix.forEach(each -> faults.add("prefix part " + each));
        }
        String name = parts[parts.length - 1];
        if (name.isEmpty()) {
            faults.add("name part must be non-empty");
        }
        LABEL_KEY.faults(name, MAX_LABEL, "bytes").forEach(each -> faults.add("name part " + each));
        return faults;
    }

    /// The beginning of a name, to which something may be added after a dash.
    private static String completed(String bytes) {
        return bytes.length() > 1 && bytes.endsWith("-") ? bytes.substring(0, bytes.length() - 2) + "a" : bytes;
    }

    private static List<String> uri(String bytes) {
        try {
            Url.validate(GoText.decoded(bytes));
            return List.of();
        } catch (Failure e) {
            return List.of(e.reason());
        }
    }

    private static boolean isDate(String bytes) {
        Matcher parts = DATE.matcher(bytes);
        if (!parts.matches()) {
            return false;
        }
        try {
            LocalDate.of(number(parts, 1), number(parts, 2), number(parts, 3));
            return true;
        } catch (DateTimeException e) {
            return false;
        }
    }

    /// What the API server takes for one: it looks at nothing behind a second `T`, and not at the offset.
    private static boolean isDateTime(String bytes) {
        String[] parts = bytes.toLowerCase(Locale.ROOT).split("t", -1);
        if (parts.length < 2 || !isDate(parts[0])) {
            return false;
        }
        Matcher time = TIME.matcher(parts[1]);
        return time.matches() && number(time, 1) <= 23 && number(time, 2) <= 59 && number(time, 3) <= 59;
    }

    private static int number(Matcher parts, int group) {
        return Integer.parseInt(parts.group(group));
    }

    private static List<String> unless(boolean valid, String fault) {
        return valid ? List.of() : List.of(fault);
    }

    @Override
    public OpaqueType celType() {
        return TYPE;
    }

    @Override
    public String toString() {
        return name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NamedFormat format && format.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /// A regular expression with what is said where it does not match.
    private record Rule(Pattern pattern, String message, String examples) {
        Rule(String regex, String message, String examples) {
            this(Pattern.compile(regex), message, examples);
        }

        boolean matches(String bytes) {
            return pattern.matches(bytes);
        }

        String fault() {
            // The comma before the bracket is Kubernetes'.
            return message + " (e.g. " + examples + ", regex used for validation is '" + pattern + "')";
        }

        /// @param unit what the API server says it counts; it counts bytes
        List<String> faults(String bytes, int most, String unit) {
            List<String> faults = new ArrayList<>();
            if (bytes.length() > most) {
                faults.add("must be no more than " + most + " " + unit);
            }
            if (!matches(bytes)) {
                faults.add(fault());
            }
            return faults;
        }
    }
}
