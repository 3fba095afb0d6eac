import org.apache.flink.formats.csv.CsvFormatFactory;

/** The CSV format, record by record. */
public final class CsvRecordFormatFactory extends RecordFormatFactory {
    public CsvRecordFormatFactory() {
        super(new CsvFormatFactory());
    }
}
