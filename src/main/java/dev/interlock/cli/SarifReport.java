package dev.interlock.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What was found in [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), as one run with a
/// rule for each that found something.
final class SarifReport {
    private static final String SCHEMA =
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    private SarifReport() {}

    /// @param version of Interlock
    static Map<String, Object> of(List<Remark> remarks, String version) {
        Map<String, Object> rules = new TreeMap<>();
        for (Remark remark : remarks) {
            rules.put(remark.rule(), Json.object("id", remark.rule(), "shortDescription", text(remark.rule())));
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
                        remarks.stream().map(SarifReport::result).toList())));
    }

    private static Map<String, Object> result(Remark remark) {
        return Json.object(
                "ruleId",
                remark.rule(),
                "level",
                remark.severity().word(),
                "message",
                text(remark.message()),
                "locations",
                List.of(Json.object(
                        "physicalLocation",
                        Json.object(
                                "artifactLocation",
                                Json.object("uri", uri(remark.file())),
                                "region",
                                Json.object("startLine", remark.line())))));
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
