${Fn::ImportValue}
