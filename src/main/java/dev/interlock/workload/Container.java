package dev.interlock.workload;

/// One container of a pod specification, of any sort.
///
/// @param path field path from the object's root, for example `spec.template.spec.initContainers[0]`
public record Container(Sort sort, String path, Node.Obj object) {
    /// What it is there for, which its list and its restart policy say.
    public enum Sort {
        CONTAINER("container"),
        INIT("init container"),
        SIDECAR("sidecar"),
        EPHEMERAL("ephemeral container");

        private final String words;

        Sort(String words) {
            this.words = words;
        }

        private static Sort of(String list, Node.Obj object) {
            return switch (list) {
                case "initContainers" ->
                    object.text("restartPolicy").filter("Always"::equals).isPresent() ? SIDECAR : INIT;
                case "ephemeralContainers" -> EPHEMERAL;
                default -> CONTAINER;
            };
        }
    }

    static Container of(String list, String path, Node.Obj object) {
        return new Container(Sort.of(list, object), path, object);
    }

    /// What it is, as people say it, for example `init container migrate`.
    public String place() {
        return sort.words + " " + object.text("name").orElse("");
    }
}
