package dev.interlock.decision;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How somebody who asks the API server finds out that a webhook was asked, and not only that nothing stood in the
/// way: a dry run of an object with the label is answered with a warning that names the label's value.
///
/// @param name   the value of the label
/// @param caller [Caller#word]
public record Checked(String name, String caller) {
    public static final String LABEL = "interlock.dev/check";

    private static final Pattern WARNING =
            Pattern.compile("check ([A-Za-z0-9._-]+): Interlock answered, caller (\\w+)");

    /// The warning; [#in] finds it again.
    public String warning() {
        return "check %s: Interlock answered, caller %s".formatted(name, caller);
    }

    /// What a `Warning` header of HTTP (RFC 7234, 5.5) says; empty where it says something else.
    public static Optional<Checked> in(String header) {
        Matcher said = WARNING.matcher(header);
        return said.find() ? Optional.of(new Checked(said.group(1), said.group(2))) : Optional.empty();
    }
}
