package dev.interlock.cli;

import dev.interlock.decision.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What was found in [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), as one run with a
/// rule for each check that found something.
final class SarifReport {
    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private SarifReport() {}

    static Map<String, Object> of(Checking.Result result, String version) {
        Map<String, Object> rules = new TreeMap<>();
        List<Map<String, Object>> results = new ArrayList<>();
        for (Checking.Checked checked : result.checked()) {
            for (Reason reason : checked.decision().basis().reasons()) {
                String id = rule(reason);
                rules.put(id, Json.object("id", id, "shortDescription", text(id)));
                results.add(result(checked, reason, id));
            }
        }
        return Json.object(
                "$schema",
                SCHEMA,
                "version",
                "2.1.0",
                "runs",
                List.of(Json.object(
                        "tool",
                        Json.object(
                                "driver",
                                Json.object(
                                        "name", "Interlock", "version", version, "rules", List.copyOf(rules.values()))),
                        "results",
                        results)));
    }

    private static String rule(Reason reason) {
        String where = CheckReport.path(reason);
        String code = reason.violation().code();
        return where.isEmpty() ? code : where + "/" + code;
    }

    private static Map<String, Object> result(Checking.Checked checked, Reason reason, String rule) {
        return Json.object(
                "ruleId",
                rule,
                "level",
                CheckReport.Severity.of(checked.decision(), reason).word(),
                "message",
                text(CheckReport.subject(checked) + ": " + CheckReport.message(reason)),
                "locations",
                List.of(Json.object(
                        "physicalLocation",
                        Json.object(
                                "artifactLocation",
                                Json.object("uri", uri(checked.manifest().file())),
                                "region",
                                Json.object("startLine", CheckReport.line(checked, reason))))));
    }

    private static Map<String, Object> text(String text) {
        return Json.object("text", text);
    }

    /// Relative paths stay relative, which is how whoever shows them finds them.
    private static String uri(String file) {
        Path path = Path.of(file);
        String encoded = path.toUri().getRawPath();
        String root = Path.of("").toUri().getRawPath();
        return path.isAbsolute() || !encoded.startsWith(root) ? encoded : encoded.substring(root.length());
    }
}
