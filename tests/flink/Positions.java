import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamGraphHasherV2;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.internal.TableEnvironmentImpl;
import org.apache.flink.table.operations.ModifyOperation;
import org.apache.flink.table.operations.Operation;

/**
 * Which position a changed job finds. `ids FILE...` prints, for each file of SQL, the ids of the sources and of all
 * operators. `restore FOLDER...` runs `old.sql` of each folder on the records in `records`, stops it with a savepoint,
 * adds the records of `later.jsonl`, and runs `new.sql` from that savepoint.
 */
public final class Positions {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** How long rows that are written again may come after the row of the later record. */
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private Positions() {}

    public static void main(String[] arguments) throws Exception {
        List<String> files = List.of(arguments).subList(1, arguments.length);
        if (arguments[0].equals("ids")) {
            for (String file : files) {
                System.out.println(ids(Path.of(file)));
            }
        } else {
            restoreAll(files);
        }
        System.exit(0);
    }

    /** The name of the file, the ids of its sources by their names, and those of all operators. */
    private static String ids(Path file) throws Exception {
        TableEnvironmentImpl environment = environment(Map.of("parallelism.default", "1"));
        PythonForests.register(environment, Files.readString(file));
        List<ModifyOperation> operations = new ArrayList<>();
        for (String insert : RunPipeline.read(file, environment)) {
            for (Operation operation : environment.getParser().parse(insert)) {
                operations.add((ModifyOperation) operation);
            }
        }
        StreamExecutionEnvironment job = StreamExecutionEnvironment.getExecutionEnvironment();
        for (Transformation<?> transformation : environment.getPlanner().translate(operations)) {
            job.addOperator(transformation);
        }
        StreamGraph graph = job.getStreamGraph();
        Map<String, String> sources = new TreeMap<>();
        TreeSet<String> all = new TreeSet<>();
        new StreamGraphHasherV2()
                .traverseStreamGraphAndGenerateHashes(graph)
                .forEach(
                        (node, hash) -> {
                            String id = HexFormat.of().formatHex(hash);
                            all.add(id);
                            if (graph.getStreamNode(node).getInEdges().isEmpty()) {
                                String name = graph.getStreamNode(node).getOperatorName();
                                sources.put(name.replaceAll("^Source: |\\[.*", ""), id);
                            }
                        });
        return file.getFileName() + "\t" + sources + "\t" + all;
    }

    private static void restoreAll(List<String> folders) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-address", "localhost");
        configuration.setString("taskmanager.memory.network.max", "64m");
        MiniClusterConfiguration cluster =
                new MiniClusterConfiguration.Builder()
                        .setConfiguration(configuration)
                        .setNumTaskManagers(1)
                        .setNumSlotsPerTaskManager(2 * folders.size())
                        .build();
        try (MiniCluster running = new MiniCluster(cluster)) {
            running.start();
            Map<String, String> options = new LinkedHashMap<>();
            options.put("execution.target", "remote");
            options.put("rest.address", "localhost");
            options.put("rest.port", String.valueOf(running.getRestAddress().get().getPort()));
            options.put("execution.checkpointing.interval", "200 ms");
            ExecutorService threads = Executors.newFixedThreadPool(folders.size());
            List<Future<?>> all = new ArrayList<>();
            for (String folder : folders) {
                Callable<Void> restore =
                        () -> {
                            restore(Path.of(folder), options);
                            return null;
                        };
                all.add(threads.submit(restore));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
    }

    private static void restore(Path folder, Map<String, String> options) throws Exception {
        Map<String, String> own = new LinkedHashMap<>(options);
        own.put("parallelism.default", "1");
        JobClient old = start(folder.resolve("old.sql"), own);
        await(folder.resolve("old"), "first");
        String savepoints = folder.resolve("savepoints").toUri().toString();
        own.put("execution.state-recovery.path", stop(old, savepoints));
        own.put("execution.state-recovery.ignore-unclaimed-state", "true");
        own.put("parallelism.default", Files.readString(folder.resolve("parallelism")).strip());
        Path later = folder.resolve("later.jsonl");
        Files.move(later, folder.resolve("records").resolve(later.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        JobClient changed = start(folder.resolve("new.sql"), own);
        await(folder.resolve("new"), "later");
        Thread.sleep(SETTLED.toMillis());
        stop(changed, savepoints);
    }

    private static JobClient start(Path file, Map<String, String> options) throws Exception {
        TableEnvironmentImpl environment = environment(options);
        StatementSet statements = environment.createStatementSet();
        RunPipeline.read(file, environment).forEach(statements::addInsertSql);
        return statements.execute().getJobClient().orElseThrow();
    }

    private static String stop(JobClient job, String savepoints) throws Exception {
        return job.stopWithSavepoint(false, savepoints, SavepointFormatType.CANONICAL)
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Waits until a file that the job has completed contains a word. */
    private static void await(Path folder, String word) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> files = Files.walk(folder)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        boolean complete = !file.getFileName().toString().contains("inprogress");
                        if (complete && Files.readString(file, StandardCharsets.UTF_8).contains(word)) {
                            return;
                        }
                    }
                }
            }
            Thread.sleep(100);
        }
        throw new TimeoutException("no row with `" + word + "` in " + folder);
    }

    private static TableEnvironmentImpl environment(Map<String, String> options) {
        TableEnvironment environment = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        options.forEach((name, value) -> environment.getConfig().set(name, value));
        return (TableEnvironmentImpl) environment;
    }
}
