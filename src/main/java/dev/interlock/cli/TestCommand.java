package dev.interlock.cli;

import dev.interlock.kubernetes.Manifest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "test",
        description =
                "Runs the cases of policies, without a cluster: what each asks for is given to the gate's evaluator,"
                        + " and what comes of it is held against what is expected.",
        footer = {
            "",
            "Cases are documents of kind PolicyTest: docs/pipeline.md says how they are written.",
            "Exit codes: 0 every case is as expected, 1 one is not, 2 something cannot be read, or there is no case.",
            "",
            "Examples:",
            "  interlock test deploy/policies",
            "  interlock test deploy/policies/baseline/test.yaml -o junit"
        })
final class TestCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(
            arity = "1..*",
            paramLabel = "DIR",
            description = "Where the cases are: directories, with all that is below them, or files.")
    private List<String> places = List.of();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "One of: ${COMPLETION-CANDIDATES}; table where none is given.")
    private Report.Format format = Report.Format.TABLE;

    @Mixin
    private final Options.Colour colour = new Options.Colour();

    TestCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ManifestFiles files = new ManifestFiles(terminal.in());
        List<PolicyCase> cases = files.read(places, CaseFile.KIND).stream()
                .filter(TestCommand::holdsCases)
                .flatMap(manifest -> CaseFile.read(files, manifest).stream())
                .toList();
        if (cases.isEmpty()) {
            throw new Problem(
                    ExitCode.USAGE,
                    "there is no case in %s; write one in a document of kind %s"
                            .formatted(String.join(", ", places), CaseFile.KIND));
        }
        List<PolicyCase.Outcome> outcomes = run(cases);
        terminal.print(new CaseReport(outcomes, colour.on(terminal)).as(format, terminal.version()));
        return (outcomes.stream().allMatch(PolicyCase.Outcome::passed) ? ExitCode.CLEAN : ExitCode.FOUND).number();
    }

    private List<PolicyCase.Outcome> run(List<PolicyCase> cases) {
        Progress progress = new Progress(terminal, "ran %d of %d cases", cases.size());
        List<PolicyCase.Outcome> outcomes = new ArrayList<>();
        for (PolicyCase each : cases) {
            outcomes.add(each.run());
            progress.step();
        }
        return outcomes;
    }

    /// Of whatever version: what is not read is refused, not passed by.
    private static boolean holdsCases(Manifest manifest) {
        return manifest.kind().equals(CaseFile.KIND);
    }
}
