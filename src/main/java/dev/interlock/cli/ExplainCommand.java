package dev.interlock.cli;

import dev.interlock.kubernetes.CheckKind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
        name = "explain",
        description =
                "What a kind of check asks, and what each of its fields may be, from the schema that policies are read by."
                        + " Without an argument: which kinds there are.",
        footer = {
            "",
            "Examples:",
            "  interlock explain",
            "  interlock explain images",
            "  interlock explain stability.maxDrift.within"
        })
final class ExplainCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            arity = "0..1",
            paramLabel = "KIND[.FIELD]",
            description = "A kind of check, or a field of one, for example images.registries.")
    private Optional<String> asked = Optional.empty();

    ExplainCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        terminal.print(asked.map(ExplainCommand::explained)
                .orElseGet(() -> CheckExplanation.ofAll(CheckKind.all(), CheckKind.common())));
        return ExitCode.CLEAN.number();
    }

    private static String explained(String asked) {
        List<String> path = Arrays.asList(asked.split("\\.", -1));
        CheckKind.Field kind = CheckKind.all().stream()
                .map(CheckKind::field)
                .filter(field -> field.name().equals(path.getFirst()))
                .findFirst()
                .orElseThrow(() -> new Problem(
                        ExitCode.USAGE,
                        "there is no kind of check `%s`; there are: %s"
                                .formatted(
                                        path.getFirst(),
                                        names(CheckKind.all().stream()
                                                .map(CheckKind::field)
                                                .toList()))));
        CheckKind.Field field = kind;
        for (int i = 1; i < path.size(); i++) {
            CheckKind.Field parent = field;
            String name = path.get(i);
            String at = String.join(".", path.subList(0, i));
            field = parent.at(List.of(name))
                    .orElseThrow(() -> new Problem(
                            ExitCode.USAGE,
                            parent.fields().isEmpty()
                                    ? "`%s` has no fields; ask about it itself".formatted(at)
                                    : "`%s` has no field `%s`; there are: %s"
                                            .formatted(at, name, names(parent.fields()))));
        }
        return CheckExplanation.of(asked, field, path.size() == 1);
    }

    private static String names(List<CheckKind.Field> fields) {
        return fields.stream().map(CheckKind.Field::name).collect(Collectors.joining(", "));
    }
}
