import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.types.DataType;

/**
 * A format of Flink as a stream's connector uses it: each record is read on its own. Its reader of files, which the
 * filesystem's connector would take, reads a file as a whole and means another thing by a faulty line. `␤` in a line
 * of the file is a line break in the record, and `␀` with two hexadecimal digits is a byte of it.
 */
abstract class RecordFormatFactory implements DeserializationFormatFactory {
    private static final int SYMBOLS_FIRST = 0xE2;
    private static final int SYMBOLS_SECOND = 0x90;
    private static final int NULL_SYMBOL = 0x80;
    private static final int LINE_BREAK_SYMBOL = 0xA4;

    private final DeserializationFormatFactory format;

    RecordFormatFactory(DeserializationFormatFactory format) {
        this.format = format;
    }

    @Override
    public String factoryIdentifier() {
        return format.factoryIdentifier() + "-record";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return format.requiredOptions();
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return format.optionalOptions();
    }

    @Override
    public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        DecodingFormat<DeserializationSchema<RowData>> decoding = format.createDecodingFormat(context, options);
        return new DecodingFormat<>() {
            @Override
            public DeserializationSchema<RowData> createRuntimeDecoder(DynamicTableSource.Context context, DataType type) {
                return new Schema(decoding.createRuntimeDecoder(context, type));
            }

            @Override
            public ChangelogMode getChangelogMode() {
                return decoding.getChangelogMode();
            }
        };
    }

    /** The bytes of the record that a line of the file stands for. */
    private static byte[] record(byte[] line) {
        ByteArrayOutputStream record = new ByteArrayOutputStream(line.length);
        for (int at = 0; at < line.length; at++) {
            boolean isSymbol =
                    at + 2 < line.length
                            && (line[at] & 0xFF) == SYMBOLS_FIRST
                            && (line[at + 1] & 0xFF) == SYMBOLS_SECOND;
            int symbol = isSymbol ? line[at + 2] & 0xFF : 0;
            if (symbol == LINE_BREAK_SYMBOL) {
                record.write('\n');
                at += 2;
            } else if (symbol == NULL_SYMBOL) {
                record.write(Character.digit(line[at + 3], 16) << 4 | Character.digit(line[at + 4], 16));
                at += 4;
            } else {
                record.write(line[at]);
            }
        }
        return record.toByteArray();
    }

    private record Schema(DeserializationSchema<RowData> format) implements DeserializationSchema<RowData> {
        @Override
        public void open(InitializationContext context) throws Exception {
            format.open(context);
        }

        @Override
        public RowData deserialize(byte[] line) throws IOException {
            return format.deserialize(record(line));
        }

        @Override
        public boolean isEndOfStream(RowData row) {
            return format.isEndOfStream(row);
        }

        @Override
        public TypeInformation<RowData> getProducedType() {
            return format.getProducedType();
        }
    }
}
