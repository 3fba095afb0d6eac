import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/**
 * Runs jobs of SQL on one Flink mini-cluster, for `pipec simulate`. Each line of standard input is a list of job files, separated
 * by tabs; they run at once, and a line `done` follows. A job file is a number of lines `name=value`, an empty line, and SQL
 * statements, each of which ends with ";" before an empty line. Why a job failed is in a file beside it that ends in
 * `.fault`. The program ends with its input.
 */
public final class PipecLocal {
    private static final String STATEMENT_END = ";\n\n";

    private PipecLocal() {}

    public static void main(String[] arguments) throws Exception {
        Configuration configuration = new Configuration();
        configuration.setString("rest.port", "0");
        configuration.setString("rest.bind-address", "localhost");
        configuration.setString("taskmanager.memory.network.max", "64m");
        // A row of megabytes, with its key, has to fit into the part of each window.
        configuration.setString("taskmanager.memory.managed.size", "512m");
        MiniClusterConfiguration cluster =
                new MiniClusterConfiguration.Builder()
                        .setConfiguration(configuration)
                        .setNumTaskManagers(1)
                        .setNumSlotsPerTaskManager(Integer.parseInt(arguments[0]))
                        .build();
        try (MiniCluster running = new MiniCluster(cluster)) {
            running.start();
            int port = running.getRestAddress().get().getPort();
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                run(line.split("\t"), port);
                System.out.println("done");
                System.out.flush();
            }
        }
        System.exit(0);
    }

    private static void run(String[] files, int port) throws Exception {
        Map<String, TableResult> jobs = new LinkedHashMap<>();
        for (String file : files) {
            try {
                jobs.put(file, submit(Files.readString(Path.of(file)), port));
            } catch (Exception | AssertionError | StackOverflowError fault) {
                report(file, fault);
            }
        }
        for (Map.Entry<String, TableResult> job : jobs.entrySet()) {
            try {
                job.getValue().await();
            } catch (Exception fault) {
                report(job.getKey(), fault);
            }
        }
    }

    private static TableResult submit(String file, int port) {
        int end = file.indexOf("\n\n");
        TableEnvironment environment = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        for (String option : file.substring(0, end).split("\n")) {
            int equals = option.indexOf('=');
            environment.getConfig().set(option.substring(0, equals), option.substring(equals + 1));
        }
        environment.getConfig().set("execution.target", "remote");
        environment.getConfig().set("rest.address", "localhost");
        environment.getConfig().set("rest.port", String.valueOf(port));
        List<String> inserts = new ArrayList<>();
        for (String statement : file.substring(end + 2).split(STATEMENT_END)) {
            String sql = withoutComments(statement.strip());
            if (sql.startsWith("INSERT INTO ")) {
                inserts.add(sql);
            } else if (!sql.isBlank()) {
                environment.executeSql(sql);
            }
        }
        StatementSet statements = environment.createStatementSet();
        inserts.forEach(statements::addInsertSql);
        return statements.execute();
    }

    /** A statement without the comments in front of it. */
    private static String withoutComments(String statement) {
        String sql = statement;
        while (sql.startsWith("--")) {
            int end = sql.indexOf('\n');
            sql = end < 0 ? "" : sql.substring(end + 1).strip();
        }
        return sql;
    }

    private static void report(String file, Throwable fault) throws Exception {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = fault; cause != null; cause = cause.getCause()) {
            text.append(cause).append('\n');
        }
        Files.writeString(Path.of(file + ".fault"), text);
    }
}
