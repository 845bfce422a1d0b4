package dev.interlock.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a command found in files, for people, for programs, and for the tools that read a pipeline's results.
interface Report {
    /// How it is written.
    enum Format {
        TABLE,
        WIDE,
        JSON,
        YAML,
        JUNIT,
        SARIF,
        GITHUB;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What a person reads first; ends with [#summary].
    String table();

    /// All that is known, a row for each finding.
    Grid wide();

    /// One line.
    String summary();

    Map<String, Object> tree();

    List<JunitReport.Case> cases();

    /// In the order of the files and of what is in them.
    List<Remark> remarks();

    /// @param version of Interlock
    default String as(Format format, String version) {
        return switch (format) {
            case TABLE -> table();
            case WIDE -> wide().table() + summary() + "\n";
            case JSON -> Json.text(tree());
            case YAML -> Json.yaml(tree());
            case JUNIT -> JunitReport.of(cases());
            case SARIF -> Json.text(SarifReport.of(remarks(), version));
            case GITHUB -> GithubReport.of(remarks()) + summary() + "\n";
        };
    }
}
