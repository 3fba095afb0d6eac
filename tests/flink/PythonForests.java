import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.functions.python.PythonEnv;
import org.apache.flink.table.functions.python.PythonFunctionKind;
import org.apache.flink.table.functions.python.PythonTableFunction;
import org.apache.flink.table.types.DataType;

/**
 * Makes the forests that SQL calls known as `pipec_forest.py` does, as functions in Python whose code is empty: enough
 * for plans, which never start Python.
 */
final class PythonForests {
    private static final Pattern CALL =
            Pattern.compile("LATERAL TABLE\\(`(pipec_forest_\\w+)`\\(.*\\) AS `pipec_anomaly` \\((.*)\\)");

    private PythonForests() {}

    static void register(TableEnvironment environment, String sql) {
        Matcher call = CALL.matcher(sql);
        while (call.find()) {
            String name = call.group(1);
            boolean explained = call.group(2).contains(",");
            DataType row =
                    explained
                            ? DataTypes.ROW(DataTypes.DOUBLE(), DataTypes.STRING())
                            : DataTypes.ROW(DataTypes.DOUBLE());
            environment.createTemporarySystemFunction(
                    name,
                    new PythonTableFunction(
                            name,
                            new byte[0],
                            (DataType[]) null,
                            row,
                            PythonFunctionKind.GENERAL,
                            false,
                            false,
                            new PythonEnv(PythonEnv.ExecType.PROCESS)));
        }
    }
}
