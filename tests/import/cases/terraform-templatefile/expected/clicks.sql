${templatefile(..)}
