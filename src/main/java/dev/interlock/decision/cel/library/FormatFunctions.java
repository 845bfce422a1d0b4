package dev.interlock.decision.cel.library;

import static dev.interlock.decision.cel.library.Kind.STRING;

import dev.cel.common.types.ListType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The functions on the formats that Kubernetes has names for.
final class FormatFunctions {
    private static final Kind<NamedFormat> FORMAT = new Kind<>(NamedFormat.TYPE, NamedFormat.class);

    private FormatFunctions() {}

    static List<Overload> overloads() {
        List<Overload> overloads = new ArrayList<>();
        NamedFormat.ALL.forEach((name, format) ->
                overloads.add(Overload.constant("format." + name, "format." + name, NamedFormat.TYPE, format)));
        overloads.add(Overload.global(
                "format.named",
                "format-named",
                OptionalType.create(NamedFormat.TYPE),
                STRING,
                name -> Optional.ofNullable(NamedFormat.ALL.get(name))));
        overloads.add(Overload.member(
                "validate",
                "format-validate",
                OptionalType.create(ListType.create(SimpleType.STRING)),
                FORMAT,
                STRING,
                NamedFormat::validate));
        return overloads;
    }
}
