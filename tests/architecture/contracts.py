"""Our own import contract: a package is entered by its front doors."""

import grimp
from importlinter import Contract, ContractCheck, fields, output


class FrontDoors(Contract):
    """`huiyin.a…` may import `huiyin.b.queries`, `.operations`, `.permissions` and `.enums`, and nothing else of b."""

    doors = fields.SetField(subfield=fields.StringField())
    open = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        # Instances of other packages travel, so annotations may name their classes: only imports that run are counted.
        graph = grimp.build_graph("huiyin", exclude_type_checking_imports=True)
        ours = sorted(module for module in graph.modules if module.startswith("huiyin."))
        wrong = [
            (importer, imported)
            for importer in ours
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if imported.startswith("huiyin.") and not self._may(importer, imported)
        ]
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def _may(self, importer: str, imported: str) -> bool:
        source = importer.split(".")[1]
        target, *rest = imported.split(".")[1:]
        return source in {target, "config"} or target in self.open or bool(rest and rest[0] in self.doors)

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["wrong"]:
            output.print_error(f"{importer} imports {imported}", bold=False)
