import org.apache.flink.formats.raw.RawFormatFactory;

/** The bytes of the records that {@link CsvRecordFormatFactory} reads. */
public final class RawRecordFormatFactory extends RecordFormatFactory {
    public RawRecordFormatFactory() {
        super(new RawFormatFactory());
    }
}
