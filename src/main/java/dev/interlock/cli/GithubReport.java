package dev.interlock.cli;

import java.util.List;
import java.util.stream.Collectors;

/// Annotations of the lines at fault, by GitHub's
/// [workflow commands](https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
final class GithubReport {
    private GithubReport() {}

    static String of(List<Remark> remarks) {
        return remarks.stream().map(GithubReport::line).collect(Collectors.joining());
    }

    private static String line(Remark remark) {
        String command = switch (remark.severity()) {
            case ERROR -> "error";
            case WARNING -> "warning";
            case NOTE -> "notice";
        };
        return "::%s file=%s,line=%d,title=%s::%s%n"
                .formatted(
                        command,
                        property(remark.file()),
                        remark.line(),
                        property("Interlock " + remark.title()),
                        data(remark.message()));
    }

    private static String data(String text) {
        return Plain.text(text).replace("%", "%25");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}
