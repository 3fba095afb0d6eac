import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.formats.csv.CsvFormatFactory;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.types.DataType;

/**
 * Flink's CSV format as a stream's connector uses it: each record is read on its own. Its reader of files, which the
 * filesystem's connector would take, reads a file as a whole and means another thing by a faulty line. `␤` in a line
 * of the file is a line break in the record.
 */
public final class CsvRecordFormatFactory implements DeserializationFormatFactory {
    private final CsvFormatFactory csv = new CsvFormatFactory();

    @Override
    public String factoryIdentifier() {
        return "csv-record";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return csv.requiredOptions();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return csv.optionalOptions();
    }

    @Override
    public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        DecodingFormat<DeserializationSchema<RowData>> format = csv.createDecodingFormat(context, options);
        return new DecodingFormat<>() {
            @Override
            public DeserializationSchema<RowData> createRuntimeDecoder(DynamicTableSource.Context context, DataType type) {
                return new Schema(format.createRuntimeDecoder(context, type));
            }

            @Override
            public ChangelogMode getChangelogMode() {
                return format.getChangelogMode();
            }
        };
    }

    private record Schema(DeserializationSchema<RowData> csv) implements DeserializationSchema<RowData> {
        @Override
        public void open(InitializationContext context) throws Exception {
            csv.open(context);
        }

        @Override
        public RowData deserialize(byte[] line) throws IOException {
            String record = new String(line, StandardCharsets.UTF_8).replace('␤', '\n');
            return csv.deserialize(record.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public boolean isEndOfStream(RowData row) {
            return csv.isEndOfStream(row);
        }

        @Override
        public TypeInformation<RowData> getProducedType() {
            return csv.getProducedType();
        }
    }
}
