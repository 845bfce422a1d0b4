package dev.interlock.decision.cel;

import java.util.Map;

/// What an API server says of the values of a field, as far as expressions can tell them apart. [Typing] holds
/// expressions against it.
public sealed interface Schema {
    /// What has no parts. [#ANY]: more than one sort of value, or one that nothing is said of.
    enum Plain implements Schema {
        ANY,
        BOOL,
        DOUBLE,
        INT,
        STRING
    }

    /// A list.
    record Items(Schema each) implements Schema {}

    /// An object with whatever names.
    record Members(Schema each) implements Schema {}

    /// An object with these names and no others.
    record Fields(Map<String, Schema> byName) implements Schema {
        public Fields {
            byName = Map.copyOf(byName);
        }
    }

    /// The one of that name, which may be within itself; [Plain#ANY] where there is none.
    record Named(String name) implements Schema {}
}
